import { expect, test } from 'vitest';
import { configFrom } from '../../src/config/config.ts';
import { readEnv, SettingError } from '../../src/config/env.ts';
import { loadSecretBox } from '../../src/config/secrets.ts';
import { SETTINGS } from '../../src/config/settings.ts';

test.each([
  ['TENANT_CLAIM', 'client_id'],
  ['TENANT_CLAIM', 'sub'],
  ['TENANT_CLAIM', 'not a claim'],
  // Where tenants live: `tg_shared` would have prefixed tenants beside the records of all.
  ['CONTROL_DATABASE', 'tg_shared'],
  ['PORT', '70000'],
  ['BODY_LIMIT_BYTES', '-1'],
])('%s=%s is refused by name, without its content', (name, value) => {
  const read = () => readEnv({ [name]: value });
  expect(read).toThrow(SettingError);
  expect(read).toThrow(new RegExp(`^Setting ${name} is not valid: `));
});

test('an empty variable is an absent one', () => {
  expect(readEnv({ TENANT_CLAIM: '', PORT: '' })).toEqual(readEnv({}));
});

test.each([
  ['NODE_ENV', 'prod', 'development, production or test'],
  ['RATE_LIMITS', 'yes', 'on or off'],
  ['PORT', 'http', 'a whole number from 0 to 65535'],
  ['REGISTRATION_PER_HOUR', '-1', 'a whole number, 0 or more'],
  ['PUBLIC_URL', 'https://example.com/gateway', 'an http or https address without a path'],
  ['MASTER_KEY', 'c2hvcnQ=', '32 bytes in base64'],
])('%s tells what it may be', (name, value, allowed) => {
  expect(() => readEnv({ [name]: value })).toThrow(`Setting ${name} is not valid: it must be ${allowed}.`);
});

/** Names of hosts and files, and the sender of mail: whether they are any good shows when they are used. */
const FREE = ['HOST', 'ADMIN_HOST', 'MASTER_KEY_FILE', 'DATA_DIR', 'MONGOD_BINARY', 'MAIL_FROM'];

test.each(Object.keys(SETTINGS).filter((name) => !FREE.includes(name)))(
  '%s says in words of its own what it must be',
  (name) => {
    const read = () => readEnv({ [name]: '?? hunter2 ??' });
    expect(read).toThrow(new RegExp(`^Setting ${name} is not valid: it must be `));
    expect(read).not.toThrow('hunter2');
  },
);

test('DATA_DIR is named where it is no directory', async () => {
  const config = configFrom(readEnv({ DATA_DIR: import.meta.filename }));
  await expect(loadSecretBox(config)).rejects.toThrow(
    'Setting DATA_DIR is not valid: it must be a directory that can be made and written to.',
  );
});

test('what production needs is told all at once', () => {
  const inProduction = (env: Record<string, string>) =>
    configFrom(readEnv({ NODE_ENV: 'production', BASE_DOMAIN: 'example.com', ...env }));
  expect(() => inProduction({})).toThrow(
    'Setting PUBLIC_URL, MONGODB_URI, MASTER_KEY or MASTER_KEY_FILE must be set in production.',
  );
  const rest = { PUBLIC_URL: 'https://example.com', MONGODB_URI: 'mongodb://db.example.com/?replicaSet=a' };
  expect(() => inProduction(rest)).toThrow(
    'Setting MASTER_KEY or MASTER_KEY_FILE must be set in production.',
  );
  expect(inProduction({ ...rest, MASTER_KEY_FILE: '/run/key' }).isProduction).toBe(true);
});
