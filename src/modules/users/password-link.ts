import { randomBytes } from 'node:crypto';
import type { Mail } from '../../lib/mailer.ts';
import { sha256 } from '../../lib/sha256.ts';
import { userError } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { forgetUser } from './liveness.ts';
import { hashOfPassword } from './password.ts';
import { requirePassword } from './password-policy.ts';
import { userStore } from './store.ts';
import { emailKeyOf, type KnownUser, type PasswordLink } from './user.ts';

/** How long a link lives, in milliseconds: a day to set a first password, an hour to replace one. */
const FIRST_MS = 86_400_000;
const RESET_MS = 3_600_000;

/** Where the STS shows the page that takes a link's token. */
export function passwordUrl(issuer: string, token: string): string {
  return `${issuer}/oauth/password?token=${token}`;
}

/** A token for a link, and what is kept of it. */
export function newLinkToken(): { secret: string; hash: string } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, hash: sha256(secret) };
}

/** Makes a user's link, in place of the one before, and sends it to its address. */
export async function sendPasswordLink(scope: Scope, user: KnownUser): Promise<void> {
  const link = newPasswordLink(user.hasPassword ? RESET_MS : FIRST_MS);
  const noted = await userStore(scope).note({ _id: user._id }, { passwordLink: link.kept });
  // Who is gone meanwhile is sent nothing.
  if (noted !== null) await scope.platform.mailer.send(linkMail(scope, noted, link));
}

/**
 * For somebody who says to have forgotten the password of an address: makes the link of its user, if there is one, with
 * the same command either way.
 *
 * @returns the mail to send; undefined when nobody has the address.
 */
export async function resetLinkMail(scope: Scope, email: string): Promise<Mail | undefined> {
  const link = newPasswordLink(RESET_MS);
  const noted = await userStore(scope).note(
    { emailKey: emailKeyOf(email), status: 'ACTIVE' },
    { passwordLink: link.kept },
  );
  return noted === null ? undefined : linkMail(scope, noted, link);
}

interface NewLink {
  secret: string;
  kept: PasswordLink;
}

function newPasswordLink(lifetimeMs: number): NewLink {
  const { secret, hash } = newLinkToken();
  return { secret, kept: { hash, expiresAt: new Date(Date.now() + lifetimeMs) } };
}

function linkMail({ tenant }: Scope, user: KnownUser, { secret, kept }: NewLink): Mail {
  return {
    to: user.email,
    subject: `${tenant.name}: ${user.hasPassword ? 'choose another password' : 'set your password'}`,
    text: [
      `Follow this link to choose a password for ${tenant.name}:`,
      passwordUrl(tenant.issuer, `${user._id}.${secret}`),
      `It works once, until ${kept.expiresAt.toISOString()}. If you did not ask for it, leave it alone.`,
    ].join('\n\n'),
  };
}

/**
 * Sets the password a link was made for. The link works once, proves that its address is the user's, ends a lock, and
 * tokens issued before are refused from now on.
 *
 * @param token - as it stands in the link.
 * @throws {UserErrors} INVALID for a link that is used, expired or made up, all alike; what the policy says
 */
export async function setPassword(scope: Scope, token: string, password: string): Promise<KnownUser> {
  const [, id = '', secret = ''] = /^([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
  const store = userStore(scope);
  const user = id === '' ? null : await store.byId(id);
  if (user === null) throw deadLink();
  requirePassword(scope, password, user.email);
  const passwordHash = await hashOfPassword(password);
  const now = new Date();
  const changed = await store.note(
    { _id: id, 'passwordLink.hash': sha256(secret), 'passwordLink.expiresAt': { $gt: now } },
    {
      passwordHash,
      passwordLink: null,
      isEmailVerified: true,
      attempts: 0,
      lockedUntil: null,
      tokensSince: now,
    },
  );
  if (changed === null) throw deadLink();
  forgetUser(scope, id);
  return changed;
}

/** Whether a link still works, so that nobody fills in a form for nothing. */
export function isLinkLive(scope: Scope, token: string): Promise<boolean> {
  const [id = '', secret = ''] = token.split('.');
  return userStore(scope).hasLink(id, sha256(secret), new Date());
}

function deadLink() {
  return userError('INVALID', 'This link does not work any more; ask for another one.', 'token');
}
