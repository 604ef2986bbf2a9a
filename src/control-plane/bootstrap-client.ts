import type { KeyObject } from 'node:crypto';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import { clientModel, type ClientSecret } from '../modules/clients/client.ts';
import { newClient } from '../modules/clients/new-client.ts';
import { newSecret } from '../modules/clients/new-secret.ts';
import { TENANT_SCOPES } from '../auth/scopes.ts';
import { uuidv7 } from '../lib/uuid.ts';
import type { TenantDatabase } from './tenant-database.ts';

/** The client a tenant's administrator starts with. */
export interface BootstrapClient {
  id: string;
  /** Shown once to whoever registered; undefined when a registration is finished on nobody's behalf. */
  secret: string | undefined;
  /** Inserts it unless it is there. */
  ensure(database: TenantDatabase): Promise<void>;
}

/** A client with every scope of the tenant and, when `hasSecret`, a secret that is known only here. */
export function bootstrapClient(
  id: string,
  secret?: { plain: string; stored: ClientSecret },
): BootstrapClient {
  return {
    id,
    secret: secret?.plain,
    async ensure(database) {
      const client = newClient({
        id,
        name: 'Administrator',
        type: 'MACHINE',
        description: 'Made at registration, with every scope.',
        grants: [{ resource: null, scopes: [...TENANT_SCOPES] }],
        secrets: secret === undefined ? [] : [secret.stored],
        now: new Date(),
      });
      await database
        .model(clientModel)
        .insert(client)
        .catch((error: unknown) => {
          if (!isDuplicateKey(error)) throw error;
        });
    },
  };
}

/** A bootstrap client whose credentials are handed out. */
export function freshBootstrapClient(secretKey: KeyObject): BootstrapClient {
  return bootstrapClient(uuidv7(), newSecret(secretKey, new Date(), null));
}
