import type { BoundModel } from '../mongo/bound-model.ts';
import { homeOf } from '../mongo/rows.ts';
import type { Scope } from './scope.ts';
import { type PendingAdministrator, type Stamp, stampModel } from './stamp.ts';

/**
 * The administrator a tenant was registered with, until the first password is set: in the stamp, because a collection
 * for users is there only once there are any (namespaces are scarce). Never one of an application tenant.
 */
export async function pendingAdministrator(
  scope: Scope,
  user: string,
): Promise<PendingAdministrator | undefined> {
  if (homeOf(scope.rows) !== null) return undefined;
  const stamp = await scope.model(stampModel).findOne({ _id: 'stamp', 'administrator.user': user } as object);
  return stamp?.administrator ?? undefined;
}

/** Gives it another link. @returns undefined when nobody of that kind waits. */
export async function renewAdministratorLink(
  stamps: BoundModel<Stamp>,
  who: Partial<Pick<PendingAdministrator, 'user' | 'emailKey'>>,
  { hash, expiresAt }: Pick<PendingAdministrator, 'hash' | 'expiresAt'>,
): Promise<PendingAdministrator | undefined> {
  const conditions = Object.entries(who).map(([name, value]) => [`administrator.${name}`, value]);
  const renewed = await stamps.findOneAndUpdate(
    { _id: 'stamp', ...Object.fromEntries(conditions) } as object,
    {
      $set: { 'administrator.hash': hash, 'administrator.expiresAt': expiresAt },
    },
  );
  return renewed?.administrator ?? undefined;
}

/** It is a user by now. */
export async function forgetAdministrator(scope: Scope, user: string): Promise<void> {
  await scope.model(stampModel).findOneAndUpdate({ _id: 'stamp', 'administrator.user': user } as object, {
    $set: { administrator: null },
  });
}

/** For links that are asked for by address. */
export function renewLinkByAddress(
  scope: Scope,
  emailKey: string,
  link: Pick<PendingAdministrator, 'hash' | 'expiresAt'>,
): Promise<PendingAdministrator | undefined> {
  if (homeOf(scope.rows) !== null) return Promise.resolve(undefined);
  return renewAdministratorLink(scope.model(stampModel), { emailKey }, link);
}
