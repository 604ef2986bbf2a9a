import { CLI_CLIENT_ID } from '../../auth/access-token.ts';
import { generationOf } from '../../auth/generation.ts';
import { isIssuedSince } from '../../auth/issued-since.ts';
import { isOwn, type KnownPrincipal } from '../../auth/principal.ts';
import { homeOf } from '../../mongo/rows.ts';
import { DocumentMemory } from '../../shell/document-memory.ts';
import type { Scope } from '../../shell/scope.ts';
import { perShell } from '../../shell/shell.ts';
import { userStore, watchedUsers } from './store.ts';
import type { KnownUser } from './user.ts';

interface Standing extends Pick<KnownUser, 'status' | 'tokensSince' | 'applicationTenant'> {
  generation: string;
}

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
  const user = await standingOf(scope, principal);
  const { generation } = principal;
  const mayBeNewer = user !== undefined && generation !== undefined && generation !== user.generation;
  if (!mayBeNewer) return isLive(scope, principal, user);
  // Another node may have issued it right after a change that has not been told here yet.
  forgetUser(scope, principal.subject);
  return isLive(scope, principal, await standingOf(scope, principal));
}

function standingOf(scope: Scope, { subject }: KnownPrincipal): Promise<Standing | undefined> {
  return usersOf(scope.shell).of(subject, async () => {
    const found = await userStore(scope).byId(subject);
    if (found === null) return undefined;
    const { status, tokensSince, applicationTenant } = found;
    return { status, tokensSince, applicationTenant, generation: generationOf(tokensSince) };
  });
}

function isLive({ rows }: Scope, principal: KnownPrincipal, user: Standing | undefined): boolean {
  return (
    user?.status === 'ACTIVE' && user.applicationTenant === homeOf(rows) && isOfGeneration(principal, user)
  );
}

/** To the second, where a token does not say: it may have been issued right before what made it void. */
function isOfGeneration(principal: KnownPrincipal, { generation, tokensSince }: Standing): boolean {
  if (principal.generation !== undefined) return principal.generation === generation;
  return isIssuedSince(principal, tokensSince);
}

/** On this node a change counts at once. */
export function forgetUser({ shell }: Scope, id: string): void {
  usersOf(shell).forget(id);
}
