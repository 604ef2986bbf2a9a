import { randomBytes } from 'node:crypto';
import type { Mail } from '../../lib/mailer.ts';
import { sha256 } from '../../lib/sha256.ts';
import type { PasswordLink } from './user.ts';

/** How long a link lives, in milliseconds: a day to set a first password, an hour to replace one. */
const LIFETIMES_MS = { FIRST: 86_400_000, RESET: 3_600_000 } as const;

/** A one-time link to set a password. */
export interface Link {
  readonly secret: string;
  /** What is kept of it. */
  readonly kept: PasswordLink;
}

export function newLink(kind: keyof typeof LIFETIMES_MS): Link {
  const secret = randomBytes(32).toString('base64url');
  return { secret, kept: { hash: sha256(secret), expiresAt: new Date(Date.now() + LIFETIMES_MS[kind]) } };
}

/** Where the identity provider shows the page for a user's link. */
export function passwordUrl(issuer: string, user: string, { secret }: Pick<Link, 'secret'>): string {
  return `${issuer}/oauth/password?token=${user}.${secret}`;
}

/** Whose link a token is, and what is kept of it; undefined for what no link can look like. */
export function readLinkToken(token: string): { user: string; hash: string } | undefined {
  const [, user, secret] = /^([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
  return user === undefined || secret === undefined ? undefined : { user, hash: sha256(secret) };
}

/** The mail that brings a link. */
export function linkMail(
  { issuer, name }: { issuer: string; name: string },
  { id, email, hasPassword }: { id: string; email: string; hasPassword: boolean },
  link: Link,
): Mail {
  return {
    to: email,
    subject: `${name}: ${hasPassword ? 'choose another password' : 'set your password'}`,
    text: [
      `Follow this link to choose a password for ${name}:`,
      passwordUrl(issuer, id, link),
      `It works once, until ${link.kept.expiresAt.toISOString()}. If you did not ask for it, leave it alone.`,
    ].join('\n\n'),
  };
}
