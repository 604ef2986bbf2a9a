import { TENANT_SCOPES } from '../../auth/scopes.ts';
import { UserErrors } from '../../lib/user-error.ts';
import { forgetAdministrator } from '../../shell/pending-administrator.ts';
import type { Scope } from '../../shell/scope.ts';
import type { PendingAdministrator } from '../../shell/stamp.ts';
import { newUser } from './new-user.ts';
import { userStore } from './store.ts';
import type { KnownUser } from './user.ts';

/**
 * Makes the administrator of a registration a user with every scope. Of two that follow the link at once one does: the
 * id is that of the user before there is one.
 *
 * @returns null for another link, one that has expired, and when somebody is that user, or has the address, by now.
 */
export async function becomeUser(
  scope: Scope,
  waiting: PendingAdministrator,
  { hash, passwordHash, now }: { hash: string; passwordHash: string; now: Date },
): Promise<KnownUser | null> {
  const { user: id, email } = waiting;
  if (waiting.hash !== hash || waiting.expiresAt <= now) return null;
  const values = { id, email, name: null, scopes: [...TENANT_SCOPES], applicationTenant: null, now };
  const user = { ...newUser(values), passwordHash, isEmailVerified: true };
  const inserted = await userStore(scope)
    .insert(user, { id })
    .catch((error: unknown) => {
      if (error instanceof UserErrors) return undefined;
      throw error;
    });
  // Cut off before this, the link is refused all the same: there is such a user.
  await forgetAdministrator(scope, id);
  return inserted?.user ?? null;
}
