import { expect, test } from 'vitest';
import { readEnv, SettingError } from '../../src/config/env.ts';

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
