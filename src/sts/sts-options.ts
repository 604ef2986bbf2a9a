import type { People } from '../modules/people.ts';
import type { Scope } from '../shell/scope.ts';
import type { Shell } from '../shell/shell.ts';
import type { GatewayAddress } from '../tenancy/graphiql-addresses.ts';
import type { Tenant, TenantId } from '../tenancy/tenant.ts';
import type { UnsealedKey } from './signing-key.ts';

export interface StsOptions {
  /** The shell of a tenant if it is open; for what is remembered there, since nobody holds a lease. */
  openShell(tenant: Tenant): Shell | undefined;
  /** The private keys of a tenant, the one that signs first. */
  signingKeys(tenant: TenantId): Promise<UnsealedKey[]>;
  /** What signs cookies of a context; several while the master key changes. */
  cookieKeys(context: string): string[];
  /** `TENANT_CLAIM` */
  tenantClaim: string;
  people: People;
  /** What the gateway itself asks of a caller whose token is well signed. */
  isCallerLive(scope: Scope): Promise<boolean>;
  /** Where GraphiQL is served, which signs in as a client of every tenant; undefined: nowhere. */
  graphiql: GatewayAddress | undefined;
}
