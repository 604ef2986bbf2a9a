import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/**
 * Reads a JSON file out of a registry package. Unlike an import it leaves nothing behind: these files are large, and
 * they are needed once.
 *
 * @param specifier - what `require` would take, like `world-countries/countries.json`.
 */
export async function readPackageFile(specifier: string): Promise<unknown> {
  return JSON.parse(await readFile(createRequire(import.meta.url).resolve(specifier), 'utf8')) as unknown;
}
