import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { ensureDataDir } from './data-dir.ts';
import { SettingError } from './env.ts';

/**
 * Encrypts secrets at rest under the master key (AES-256-GCM, NIST SP 800-38D, 96-bit random nonce).
 * `context` is authenticated with the secret, so a sealed value copied to another tenant does not open.
 *
 * @example
 * box.open(box.seal('mongodb://…', tenantId), tenantId);
 */
export interface SecretBox {
  /** `1.<key id>.<nonce, tag and ciphertext in base64url>` */
  seal(plain: string, context: string): string;
  /** @throws {Error} when the key is unknown or the value or its context was changed. */
  open(sealed: string, context: string): string;
  /** Keys of a context, to sign with: by the current master key, then by the previous one. Alike on every node. */
  derive(context: string): string[];
}

export function secretBox(currentKey: Buffer, previousKey?: Buffer): SecretBox {
  const keys = new Map<string, Buffer>();
  if (previousKey) keys.set(keyId(previousKey), previousKey);
  keys.set(keyId(currentKey), currentKey);
  return {
    seal(plain, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', currentKey, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `1.${keyId(currentKey)}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(sealed, context) {
      const [version, id, payload] = sealed.split('.');
      const key = id === undefined ? undefined : keys.get(id);
      if (version !== '1' || key === undefined || payload === undefined) {
        throw new Error('a sealed secret was made under a master key this process does not have');
      }
      const bytes = Buffer.from(payload, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(12, 28));
      return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
    },
    derive(context) {
      const masters = previousKey === undefined ? [currentKey] : [currentKey, previousKey];
      return masters.map((key) =>
        Buffer.from(hkdfSync('sha256', key, '', `tenant-gateway ${context}`, 32)).toString('base64url'),
      );
    },
  };
}

/** Finds the master key where the settings say it is; in development one is made in `DATA_DIR`. */
export async function loadSecretBox(config: Config): Promise<SecretBox> {
  const previous = config.masterKey.previous ? Buffer.from(config.masterKey.previous, 'base64') : undefined;
  return secretBox(await currentKey(config), previous);
}

async function currentKey(config: Config): Promise<Buffer> {
  if (config.masterKey.current) return Buffer.from(config.masterKey.current, 'base64');
  if (config.masterKey.file) return keyFromFile(config.masterKey.file);
  await ensureDataDir(config.dataDir);
  const file = join(config.dataDir, 'master.key');
  // A link appears whole or not at all: of two processes that start at once, one wins and both read its key.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  await link(draft, file).catch(ignoreExisting);
  await unlink(draft);
  return keyFromFile(file);
}

async function keyFromFile(file: string): Promise<Buffer> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new SettingError('MASTER_KEY_FILE', 'names a file that cannot be read.');
  });
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== 32) throw new SettingError('MASTER_KEY_FILE', 'does not hold 32 bytes in base64.');
  return key;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Names a key without telling anything about it. */
function keyId(key: Buffer): string {
  return createHash('sha256').update('tenant-gateway master key').update(key).digest('hex').slice(0, 8);
}
