import type { KeyObject } from 'node:crypto';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import { clientModel } from '../modules/clients/client.ts';
import { newClient } from '../modules/clients/new-client.ts';
import { newSecret } from '../modules/clients/new-secret.ts';
import { TENANT_SCOPES } from '../auth/scopes.ts';
import type { TenantDatabase } from './tenant-database.ts';

/** The client a tenant's administrator starts with: every scope of the tenant, and a secret that is known only here. */
export interface BootstrapClient {
  id: string;
  secret: string;
  /** Inserts it unless it is there. */
  ensure(database: TenantDatabase): Promise<void>;
}

/** @param at - by the clock its tokens are dated by: one that is older than its client counts for nothing. */
export function newBootstrapClient(secretKey: KeyObject, at: Date): BootstrapClient {
  const { plain, stored } = newSecret(secretKey, at, null);
  const client = newClient({
    name: 'Administrator',
    type: 'MACHINE',
    description: 'Made at registration, with every scope.',
    grants: [{ resource: null, scopes: [...TENANT_SCOPES] }],
    secrets: [stored],
    now: at,
  });
  return {
    id: client._id,
    secret: plain,
    async ensure(database) {
      await database
        .model(clientModel)
        .insert(client)
        .catch((error: unknown) => {
          if (!isDuplicateKey(error)) throw error;
        });
    },
  };
}
