import { z } from 'zod';
import { isTenantScope } from '../../auth/scopes.ts';
import { ALGORITHMS } from '../../auth/verify-jwt.ts';
import type { Scope } from '../../shell/scope.ts';
import type { ClaimNames } from '../../tenancy/trusted-issuer.ts';

const MAX_LENGTH = 500;

const text = z
  .string()
  .min(1, { error: 'must not be empty' })
  .max(MAX_LENGTH, { error: `must have at most ${MAX_LENGTH} characters` })
  .regex(/^[\x21-\x7e]+$/, { error: 'must have no spaces and no characters outside of ASCII' });

const claimName = text.max(100, { error: 'must have at most 100 characters' }).nullish();

/** Input of `addTrustedIssuer`, as seen from one tenant: what is this platform's own is not outside. */
export function trustedIssuerInput({ platform }: Scope) {
  const outside = (each: string) => !isOurs(each, platform);
  return z.object({
    issuer: text.refine(outside, { error: 'is this platform itself' }),
    audience: text.refine(outside, { error: 'is reserved: it is an address of the gateway itself' }),
    jwksUri: text.nullish().transform((each) => each ?? undefined),
    algorithms: z
      .array(z.enum(ALGORITHMS, { error: `must be one of ${ALGORITHMS.join(', ')}` }))
      .min(1, { error: 'must name an algorithm' })
      .max(ALGORITHMS.length)
      .nullish()
      .transform((list) => [...new Set(list ?? ALGORITHMS)]),
    claims: z
      .object({ tenant: claimName, subject: claimName, scope: claimName })
      .nullish()
      .transform((names): ClaimNames => ({
        tenant: names?.tenant ?? null,
        subject: names?.subject ?? 'sub',
        scope: names?.scope ?? 'scope',
      })),
    scopes: z
      .array(z.string().refine(isTenantScope, { error: 'is no scope of a tenant' }))
      .max(100, { error: 'must have at most 100 scopes' })
      .transform((list) => [...new Set(list)]),
  });
}

/** True for addresses of the gateway: what says it comes from there, or is for there, is its own. */
function isOurs(address: string, { publicUrl, baseDomain }: Scope['platform']): boolean {
  if (!URL.canParse(address)) return false;
  const host = hostOf(address);
  return host === hostOf(publicUrl) || host === baseDomain || host.endsWith(`.${baseDomain}`);
}

function hostOf(url: string): string {
  return new URL(url).hostname.toLowerCase().replace(/\.+$/, '');
}
