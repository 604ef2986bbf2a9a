import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../../shell/scope.ts';
import { isPassword } from './password.ts';
import { userStore } from './store.ts';
import type { KnownUser } from './user.ts';

/** Attempts at one account before it is locked, and for how long, in milliseconds. */
export const MAX_ATTEMPTS = 10;
export const LOCK_MS = 900_000;

/**
 * How long every refusal takes at least, in milliseconds: an attempt at an account that is there is written to the
 * disk, which takes a few more than one that is not, and some dozen attempts would tell them apart.
 */
export const REFUSAL_MS = 250;

/** What a person types. */
export interface Credentials {
  email: string;
  password: string;
}

/**
 * Signs a user in with its password.
 *
 * Wrong password, unknown address, suspended, locked and without a password are one answer that takes the same time:
 * every such call is one command and one Argon2id hash, and a refusal waits for its time. Each attempt is counted before
 * the password is looked at, and those beyond {@link MAX_ATTEMPTS} are not looked at, however many come at once (OWASP
 * Authentication Cheat Sheet).
 *
 * @param scope - its rows choose the application tenant the address is looked up in.
 * @returns the user, or undefined.
 * @example
 * const user = await signIn(scope, { email: 'ada@acme.example', password });
 */
export async function signIn(scope: Scope, credentials: Credentials): Promise<KnownUser | undefined> {
  const earliestMs = performance.now() + REFUSAL_MS;
  const user = await attempt(scope, credentials);
  if (user !== undefined) return user;
  const restMs = Math.max(0, earliestMs - performance.now());
  // A tenant may give its requests less time than that: then all of them are refused at its deadline.
  await sleep(restMs, undefined, { signal: scope.signal }).catch(() => undefined);
  return undefined;
}

async function attempt(scope: Scope, { email, password }: Credentials): Promise<KnownUser | undefined> {
  const store = userStore(scope);
  const now = new Date();
  const user = await store.countAttempt(email, now, { attempts: MAX_ATTEMPTS, lockMs: LOCK_MS });
  const isRight = await isPassword(password, user?.status === 'ACTIVE' ? user.passwordHash : null);
  if (user === null || !isRight) return undefined;
  const values = { attempts: 0, lockedUntil: null, lastSignInAt: now };
  // Suspended or given another password while this one was verified: then it does not count.
  const { _id, passwordHash } = user;
  return (await store.note({ _id, status: 'ACTIVE', passwordHash }, values)) ?? undefined;
}
