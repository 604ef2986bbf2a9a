import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { SettingError } from './env.ts';

/**
 * Makes sure that `DATA_DIR` is a directory that can be written to.
 *
 * @throws {SettingError}
 */
export async function ensureDataDir(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    await access(dir, constants.W_OK | constants.X_OK);
  } catch {
    throw new SettingError(
      'DATA_DIR',
      'is not valid: it must be a directory that can be made and written to.',
    );
  }
}
