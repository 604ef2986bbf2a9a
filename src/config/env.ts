import { z } from 'zod';
import { SETTINGS, type Settings } from './settings.ts';

/** A setting is missing or wrong. The message names it and never repeats its content. */
export class SettingError extends Error {
  /** `EX_CONFIG` of sysexits.h. */
  readonly exitCode = 78;

  constructor(name: string, problem: string) {
    super(`Setting ${name} ${problem}`);
    this.name = 'SettingError';
  }
}

/**
 * Reads the settings out of an environment.
 *
 * @throws {SettingError} naming the first bad variable, without its content.
 */
export function readEnv(env: Record<string, string | undefined>): Settings {
  const present = Object.fromEntries(
    Object.keys(SETTINGS).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const parsed = z.object(SETTINGS).safeParse(present);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SettingError(String(issue?.path[0]), `is not valid: it ${issue?.message}.`);
}
