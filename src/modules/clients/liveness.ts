import { CLI_CLIENT_ID } from '../../auth/access-token.ts';
import { GRAPHIQL_CLIENT_ID } from '../../auth/graphiql-client.ts';
import { isIssuedSince } from '../../auth/issued-since.ts';
import { isOwn } from '../../auth/principal.ts';
import { DocumentMemory } from '../../shell/document-memory.ts';
import type { Scope } from '../../shell/scope.ts';
import { perShell } from '../../shell/shell.ts';
import { clientStore, watchClients } from './store.ts';

/** When each client was made. */
const clientsOf = perShell((shell) => new DocumentMemory<Date>((listener) => watchClients(shell, listener)));

/**
 * False when the client behind the caller's token was deleted; on another node, at most a second ago. A token that is
 * older than its client was issued to an earlier one of the same id, which an idempotency key can make anew.
 */
export async function isCallerLive(scope: Scope): Promise<boolean> {
  const { principal } = scope;
  if (!isOwn(principal)) return true;
  const { clientId } = principal;
  if (clientId === CLI_CLIENT_ID || clientId === GRAPHIQL_CLIENT_ID) return true;
  const madeAt = await clientsOf(scope.shell).of(
    clientId,
    async () => (await clientStore(scope).byId(clientId))?.createdAt,
  );
  return madeAt !== undefined && isIssuedSince(principal, madeAt);
}

export function noteDeletion({ shell }: Scope, clientId: string): void {
  clientsOf(shell).noteDeletion(clientId);
}

export function forgetLiveness({ shell }: Scope, clientId: string): void {
  clientsOf(shell).forget(clientId);
}
