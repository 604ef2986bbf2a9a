import type { UpdateQuery } from 'mongoose';
import type { OutsideWeb } from '../lib/outside-web.ts';
import { userError } from '../lib/user-error.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { Events } from '../observability/events.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import { issuerName, type TenantIssuers, type TrustedIssuer } from '../tenancy/trusted-issuer.ts';
import type { TenantRecord } from './tenant-record.ts';

/** Issuers a tenant may trust: each is part of the directory record. */
const MAX_ISSUERS = 20;

export interface BoundIssuersOptions {
  tenant: Tenant;
  web: OutsideWeb;
  /** Writes to the record of the tenant, if `condition` holds too. */
  write(condition: object, update: UpdateQuery<TenantRecord>): Promise<Tenant | undefined>;
  events: Events;
}

/**
 * The issuers one tenant trusts. Issuer and audience together are among the names that find it, which are unique over
 * all tenants: a token can never be meant for two of them.
 */
export function boundIssuers({ tenant, web, write, events }: BoundIssuersOptions): TenantIssuers {
  const { fetch, isSecure } = web;
  /** Where an issuer says its keys are (OpenID Connect Discovery 1.0). */
  async function discovered(issuer: string): Promise<string> {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const found = (await fetch(address).catch(() => undefined)) as Record<string, unknown> | null | undefined;
    const uri = found?.['jwks_uri'];
    if (found?.['issuer'] === issuer && typeof uri === 'string' && isSecure(uri)) return uri;
    throw userError('INVALID', `does not describe itself at ${address}; set jwksUri`, 'issuer');
  }

  function requireSecure(url: string, input: string): void {
    if (isSecure(url)) return;
    throw userError('INVALID', 'must be an https URL without query and fragment', input);
  }

  /** Asked before it is trusted, so that a mistake shows at once. Why it failed is not told: it may be a network's map. */
  async function requireKeys(jwksUri: string, input: string): Promise<void> {
    const found = (await fetch(jwksUri).catch(() => undefined)) as { keys?: unknown } | null | undefined;
    if (!Array.isArray(found?.keys)) throw userError('INVALID', `has no keys at ${jwksUri}`, input);
  }

  return {
    async add({ jwksUri: given, ...rest }) {
      requireSecure(rest.issuer, 'issuer');
      if (given !== undefined) requireSecure(given, 'jwksUri');
      const jwksUri = given ?? (await discovered(rest.issuer));
      await requireKeys(jwksUri, given === undefined ? 'issuer' : 'jwksUri');
      const trusted: TrustedIssuer = { ...rest, jwksUri };
      const name = issuerName(trusted.issuer, trusted.audience);
      try {
        const added = await write(
          { names: { $ne: name }, [`trustedIssuers.${MAX_ISSUERS - 1}`]: { $exists: false } },
          { $push: { trustedIssuers: trusted, names: name } },
        );
        if (added === undefined) {
          const isThere = tenant.trustedIssuers.some(
            (each) => issuerName(each.issuer, each.audience) === name,
          );
          if (isThere)
            throw userError('TAKEN', 'This issuer is trusted for this audience already.', 'issuer');
          throw userError('LIMIT', `A tenant trusts at most ${MAX_ISSUERS} issuers.`, 'issuer');
        }
      } catch (error) {
        if (!isDuplicateKey(error, 'names')) throw error;
        throw userError('TAKEN', 'This issuer is trusted for this audience already.', 'issuer');
      }
      events.trustedIssuerAdded({ tenant: tenant.id, issuer: trusted.issuer, scopes: trusted.scopes });
      return trusted;
    },
    async remove(issuer, audience) {
      const trusted = tenant.trustedIssuers.find(
        (each) => each.issuer === issuer && each.audience === audience,
      );
      const name = issuerName(issuer, audience);
      const removed =
        trusted &&
        (await write({ names: name }, { $pull: { trustedIssuers: { issuer, audience }, names: name } }));
      if (removed === undefined) throw userError('INVALID', 'is not trusted for this audience', 'issuer');
      events.trustedIssuerRemoved({ tenant: tenant.id, issuer });
      return trusted as TrustedIssuer;
    },
  };
}
