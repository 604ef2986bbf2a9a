import type { Mail } from '../../lib/mailer.ts';
import { userError } from '../../lib/user-error.ts';
import { pendingAdministrator, renewLinkByAddress } from '../../shell/pending-administrator.ts';
import type { Scope } from '../../shell/scope.ts';
import { becomeUser } from './become-user.ts';
import { linkMail, newLink, readLinkToken } from './link.ts';
import { forgetUser } from './liveness.ts';
import { hashOfPassword } from './password.ts';
import { requirePassword } from './password-policy.ts';
import { userStore } from './store.ts';
import { emailKeyOf, type KnownUser } from './user.ts';

/** Makes a user's link, in place of the one before, and sends it to its address. */
export async function sendPasswordLink(scope: Scope, user: KnownUser): Promise<void> {
  const link = newLink(user.hasPassword ? 'RESET' : 'FIRST');
  const noted = await userStore(scope).note({ _id: user._id }, { passwordLink: link.kept });
  // Who is gone meanwhile is sent nothing.
  if (noted === null) return;
  await scope.platform.mailer.send(linkMail(scope.tenant, { ...noted, id: noted._id }, link));
}

/**
 * For somebody who says to have forgotten the password of an address: makes the link of its user, or of the
 * administrator who has never set one.
 *
 * @returns the mail to send; undefined when nobody has the address.
 */
export async function resetLinkMail(scope: Scope, email: string): Promise<Mail | undefined> {
  const { tenant } = scope;
  const link = newLink('RESET');
  const emailKey = emailKeyOf(email);
  const user = await userStore(scope).note({ emailKey, status: 'ACTIVE' }, { passwordLink: link.kept });
  if (user !== null) return linkMail(tenant, { ...user, id: user._id }, link);
  const waiting = await renewLinkByAddress(scope, emailKey, link.kept);
  return waiting && linkMail(tenant, { id: waiting.user, email: waiting.email, hasPassword: false }, link);
}

/**
 * Sets the password a link was made for. The link works once, proves that its address is the user's, ends a lock, and
 * ends every session and token of before.
 *
 * @param token - as it stands in the link.
 * @throws {UserErrors} INVALID for a link that is used, expired or made up, all alike; what the policy says
 */
export async function setPassword(scope: Scope, token: string, password: string): Promise<KnownUser> {
  const { user: id = '', hash = '' } = readLinkToken(token) ?? {};
  const store = userStore(scope);
  const user = id === '' ? null : await store.byId(id);
  const waiting = user === null && id !== '' ? await pendingAdministrator(scope, id) : undefined;
  const email = user?.email ?? waiting?.email;
  if (email === undefined) throw deadLink();
  requirePassword(scope, password, email);
  const passwordHash = await hashOfPassword(password);
  const now = new Date();
  const changed =
    waiting === undefined
      ? await store.note(
          { _id: id, 'passwordLink.hash': hash, 'passwordLink.expiresAt': { $gt: now } },
          {
            passwordHash,
            passwordLink: null,
            isEmailVerified: true,
            attempts: 0,
            lockedUntil: null,
            tokensSince: now,
          },
        )
      : await becomeUser(scope, waiting, { hash, passwordHash, now });
  if (changed === null) throw deadLink();
  forgetUser(scope, id);
  return changed;
}

/** Whether a link still works, so that nobody fills in a form for nothing. */
export async function isLinkLive(scope: Scope, token: string): Promise<boolean> {
  const link = readLinkToken(token);
  if (link === undefined) return false;
  const now = new Date();
  if (await userStore(scope).hasLink(link.user, link.hash, now)) return true;
  const waiting = await pendingAdministrator(scope, link.user);
  return waiting?.hash === link.hash && waiting.expiresAt > now;
}

function deadLink() {
  return userError('INVALID', 'This link does not work any more; ask for another one.', 'token');
}
