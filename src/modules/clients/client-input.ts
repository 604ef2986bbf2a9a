import { z } from 'zod';
import { isTenantScope, type TenantScope } from '../../auth/scopes.ts';
import { idempotencyKey } from '../../graphql/idempotency.ts';
import { expectedRevision } from '../../graphql/revision.ts';
import { line, lines } from '../../graphql/text-input.ts';
import { UserErrors } from '../../lib/user-error.ts';
import { AUTH_METHODS, CLIENT_KINDS, CLIENT_TYPES, type ClientType, GRANT_TYPES } from './client-type.ts';
import { publicKeys } from './public-key.ts';
import { MAX_REDIRECT_URI_LENGTH, MAX_REDIRECT_URIS, redirectUriFault } from './redirect-uri.ts';

/** Scopes one mutation may name. */
const MAX_NAMES = 200;

const name = line(120);

const description = lines(2_000).nullable();

const redirectUris = z
  .array(
    z
      .string()
      .max(MAX_REDIRECT_URI_LENGTH, { error: `must have at most ${MAX_REDIRECT_URI_LENGTH} characters` }),
  )
  .max(MAX_REDIRECT_URIS, { error: `must have at most ${MAX_REDIRECT_URIS} entries` })
  .transform((uris) => [...new Set(uris)]);

const scopeNames = z
  .array(z.string().max(100, { error: 'must have at most 100 characters' }))
  .max(MAX_NAMES, { error: `must have at most ${MAX_NAMES} entries` })
  .transform((names) => [...new Set(names)]);

const grantTypes = z
  .array(z.enum(GRANT_TYPES))
  .max(GRANT_TYPES.length)
  .transform((types) => [...new Set(types)]);

export const CreateInput = z.object({
  name,
  description: description.optional(),
  kind: z.enum(CLIENT_KINDS).nullish(),
  type: z.enum(CLIENT_TYPES).nullish(),
  redirectUris: redirectUris.nullish().transform((uris) => uris ?? []),
  postLogoutRedirectUris: redirectUris.nullish().transform((uris) => uris ?? []),
  grantTypes: grantTypes.nullish(),
  authMethod: z.enum(AUTH_METHODS).nullish(),
  jwks: publicKeys.nullish().transform((keys) => keys ?? []),
  isMultiTenant: z
    .boolean()
    .nullish()
    .transform((isMultiTenant) => isMultiTenant ?? false),
  scopes: scopeNames.nullish().transform((names) => names ?? []),
  idempotencyKey,
});

export const UpdateInput = z.object({
  name: name.optional(),
  description: description.optional(),
  redirectUris: redirectUris.optional(),
  postLogoutRedirectUris: redirectUris.optional(),
  grantTypes: grantTypes.optional(),
  authMethod: z.enum(AUTH_METHODS).optional(),
  jwks: publicKeys.optional(),
  isMultiTenant: z.boolean().optional(),
  expectedRevision,
});

export const AddSecretInput = z.object({
  expiresAt: z
    .date()
    .nullish()
    .transform((date) => date ?? null)
    .refine((date) => date === null || date.getTime() > Date.now(), { error: 'must be in the future' }),
  expectedRevision,
});

export const ScopesInput = z.object({ scopes: scopeNames, expectedRevision });

export const RevisionInput = z.object({ expectedRevision });

/** @throws {UserErrors} INVALID at each address codes must not be sent to */
export function requireRedirectUris(
  uris: readonly string[],
  type: ClientType,
  field: 'redirectUris' | 'postLogoutRedirectUris' = 'redirectUris',
): void {
  requireEach(uris, field, (uri) => redirectUriFault(uri, type));
}

/** @throws {UserErrors} INVALID at each name that is no scope of the gateway */
export function requireGatewayScopes(names: readonly string[]): asserts names is TenantScope[] {
  requireEach(names, 'scopes', (each) => (isTenantScope(each) ? undefined : 'There is no such scope.'));
}

/** @throws {UserErrors} INVALID at each value `fault` has words for */
export function requireEach(
  values: readonly string[],
  field: string,
  fault: (value: string) => string | undefined,
): void {
  const errors = values.flatMap((value, index) => {
    const message = fault(value);
    return message === undefined ? [] : [{ code: 'INVALID' as const, message, path: [field, String(index)] }];
  });
  if (errors.length > 0) throw new UserErrors(errors);
}
