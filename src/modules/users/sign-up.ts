import { creationOf } from '../../graphql/idempotency.ts';
import type { Mail } from '../../lib/mailer.ts';
import { UserErrors } from '../../lib/user-error.ts';
import { homeOf } from '../../mongo/rows.ts';
import type { Scope } from '../../shell/scope.ts';
import { newUser } from './new-user.ts';
import { resetLinkMail } from './password-link.ts';
import { userStore } from './store.ts';

/**
 * Makes somebody a user without any scope, unless the address is one's already: whoever reads its mail is let in either
 * way.
 *
 * @returns the mail with the link to set a password.
 */
export async function signUp(scope: Scope, email: string): Promise<Mail | undefined> {
  const applicationTenant = homeOf(scope.rows);
  const creation = creationOf(scope, 'user', undefined, {});
  const user = newUser({ ...creation, email, name: null, scopes: [], applicationTenant, now: new Date() });
  try {
    await userStore(scope).insert(user, creation);
  } catch (error) {
    if (!(error instanceof UserErrors)) throw error;
  }
  return resetLinkMail(scope, email);
}
