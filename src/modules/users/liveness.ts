import { CLI_CLIENT_ID } from '../../auth/access-token.ts';
import { isIssuedSince } from '../../auth/issued-since.ts';
import { isOwn } from '../../auth/principal.ts';
import { homeOf } from '../../mongo/rows.ts';
import { DocumentMemory } from '../../shell/document-memory.ts';
import type { Scope } from '../../shell/scope.ts';
import { perShell } from '../../shell/shell.ts';
import { userStore, watchedUsers } from './store.ts';
import type { KnownUser } from './user.ts';

type Standing = Pick<KnownUser, 'status' | 'tokensSince' | 'applicationTenant'>;

const usersOf = perShell(
  (shell) => new DocumentMemory<Standing>((listener) => shell.watch(watchedUsers, listener)),
);

/**
 * False when the user behind the caller's token was deleted or suspended, is another application tenant's, or had its
 * password or scopes taken away after the token was issued; on another node, at most a second ago.
 */
export async function isCallerLive(scope: Scope): Promise<boolean> {
  const { principal } = scope;
  if (!isOwn(principal) || principal.kind !== 'user' || principal.clientId === CLI_CLIENT_ID) return true;
  const { subject } = principal;
  const user = await usersOf(scope.shell).of(subject, async () => {
    const found = await userStore(scope).byId(subject);
    if (found === null) return undefined;
    const { status, tokensSince, applicationTenant } = found;
    return { status, tokensSince, applicationTenant };
  });
  return (
    user?.status === 'ACTIVE' &&
    user.applicationTenant === homeOf(scope.rows) &&
    isIssuedSince(principal, user.tokensSince)
  );
}

/** On this node a change counts at once. */
export function forgetUser({ shell }: Scope, id: string): void {
  usersOf(shell).forget(id);
}
