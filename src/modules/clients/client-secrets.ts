import { nothingHasThisId } from '../../graphql/not-found.ts';
import { parseInput } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { AddSecretInput, RevisionInput } from './client-input.ts';
import type { KnownClient } from './client.ts';
import { newSecret } from './new-secret.ts';
import { requireNotStronger } from './own-strength.ts';
import { clientStore, isLive } from './store.ts';

/** Secrets that may be live at once: enough to roll over in every deployment, too few to lose track of. */
export const MAX_LIVE_SECRETS = 5;

/**
 * Adds a secret and forgets the expired ones.
 *
 * @throws {UserErrors} INVALID for a public client, which could not keep it; LIMIT
 * @throws {CodedError} FORBIDDEN when the client is stronger than the caller
 */
export async function addClientSecret(
  scope: Scope,
  id: string,
  input: object,
): Promise<{ client: KnownClient; secret: string }> {
  const { expiresAt, expectedRevision } = parseInput(AddSecretInput, input);
  const now = new Date();
  const { plain, stored } = newSecret(await scope.shell.secretKey(), now, expiresAt);
  const client = await clientStore(scope).change({ id, expectedRevision }, (current) => {
    requireNotStronger(scope, current);
    if (current.kind === 'PUBLIC') throw userError('INVALID', 'A public client has no secrets.', 'id');
    if (current.secrets.filter((secret) => isLive(secret, now)).length >= MAX_LIVE_SECRETS) {
      throw userError(
        'LIMIT',
        `A client has at most ${MAX_LIVE_SECRETS} live secrets; revoke one first.`,
        'id',
      );
    }
    return { secrets: { keep: (secret) => isLive(secret, now), add: stored } };
  });
  return { client, secret: plain };
}

/** @throws {CodedError} NOT_FOUND for the client and for the secret alike */
export async function revokeClientSecret(
  scope: Scope,
  id: string,
  secretId: string,
  input: object,
): Promise<KnownClient> {
  const { expectedRevision } = parseInput(RevisionInput, input);
  return clientStore(scope).change({ id, expectedRevision }, ({ secrets }) => {
    if (!secrets.some((secret) => secret.id === secretId)) throw nothingHasThisId();
    return { secrets: { keep: (secret) => secret.id !== secretId } };
  });
}
