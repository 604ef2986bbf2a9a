import { type AccessToken, CLI_CLIENT_ID, signAccessToken } from '../auth/access-token.ts';
import type { PlatformScope } from '../auth/scopes.ts';
import { openSigningKey } from '../auth/signing-key.ts';
import type { SecretBox } from '../config/secrets.ts';
import type { Clock } from '../lib/clock.ts';
import type { ControlDatabase } from './control-database.ts';
import { PLATFORM_KEY_CONTEXT, platformKey } from './platform-keys.ts';
import type { TenantRecord } from './tenant-record.ts';

export interface TokenIssuerOptions {
  control: ControlDatabase;
  box: SecretBox;
  publicUrl: string;
  tenantClaim: string;
  /** The time nodes agree on: the command line may run on a machine whose clock is off. */
  now: Clock;
}

/** Who a tenant's token is for. */
export interface TokenRequest {
  subject: string;
  clientId: string;
  scopes: readonly string[];
  lifetimeMs: number;
}

/** Signs access tokens with the keys of tenants and of the platform. */
export function createTokenIssuer({ control, box, publicUrl, tenantClaim, now }: TokenIssuerOptions) {
  return {
    /** A token of a tenant, signed with its newest key. */
    async forTenant(record: TenantRecord, request: TokenRequest): Promise<AccessToken> {
      const key = record.keys[0];
      if (key === undefined) throw new Error(`tenant ${record._id} has no signing key`);
      const privatePem = box.open(key.sealedPrivateKey, record._id);
      return signAccessToken(await openSigningKey({ ...key, privatePem }), {
        ...request,
        issuedAtMs: now(),
        issuer: record.issuer,
        audience: `${record.issuer}/graphql`,
        tenant: { claim: tenantClaim, id: record._id },
      });
    },
    /** A token of the operator who sits at the command line. */
    async forOperator(scopes: readonly PlatformScope[], lifetimeMs: number): Promise<AccessToken> {
      const key = await platformKey(control, box);
      const privatePem = box.open(key.sealedPrivateKey, PLATFORM_KEY_CONTEXT);
      return signAccessToken(await openSigningKey({ ...key, privatePem }), {
        issuer: `${publicUrl}/platform`,
        audience: `${publicUrl}/platform/graphql`,
        subject: CLI_CLIENT_ID,
        clientId: CLI_CLIENT_ID,
        scopes,
        lifetimeMs,
        issuedAtMs: now(),
      });
    },
  };
}

export type TokenIssuer = ReturnType<typeof createTokenIssuer>;
