import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';

/** Longest password that is hashed, in characters; more would make a hash of anybody's megabyte. */
export const MAX_PASSWORD_LENGTH = 256;

/** Argon2id at the library's defaults, which are those of OWASP's cheat sheet: 19 MiB, 2 passes, 1 lane. */
export function hashOfPassword(password: string): Promise<string> {
  return hash(normalized(password));
}

/**
 * Whether a password is the one of a hash. Without a hash it takes as long and says no, so that the time an answer
 * takes does not tell whether there is such a user.
 */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  const isTried = password.length <= MAX_PASSWORD_LENGTH;
  // Asked for each time: the first one that needs it must not take longer than one that does not.
  const another = await nobodys();
  const isRight = await verify(passwordHash ?? another, isTried ? normalized(password) : '');
  return isRight && isTried && passwordHash !== null;
}

/** One keyboard composes an accented letter where another does not (RFC 8265 section 4). */
function normalized(password: string): string {
  return password.normalize('NFC');
}

let made: Promise<string> | undefined;

/** A hash of a password nobody knows; made at the first need. */
function nobodys(): Promise<string> {
  return (made ??= hash(randomBytes(32)));
}
