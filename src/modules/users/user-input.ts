import { z } from 'zod';
import { CONFINED_SCOPES, isTenantScope } from '../../auth/scopes.ts';
import { idempotencyKey } from '../../graphql/idempotency.ts';
import { expectedRevision } from '../../graphql/revision.ts';
import { line } from '../../graphql/text-input.ts';
import { UserErrors } from '../../lib/user-error.ts';

const email = z
  .email({ error: 'must be an e-mail address' })
  .max(254, { error: 'must have at most 254 characters' });

export function isEmail(text: string): boolean {
  return email.safeParse(text).success;
}

const name = line(120).nullable();

const scopes = z
  .array(z.string().max(100))
  .max(100, { error: 'must have at most 100 entries' })
  .transform((names) => [...new Set(names)]);

export const CreateInput = z.object({
  email,
  name: name.optional(),
  scopes: scopes.nullish().transform((names) => names ?? []),
  idempotencyKey,
});

export const UpdateInput = z.object({ email: email.optional(), name: name.optional(), expectedRevision });

export const ScopesInput = z.object({ scopes, expectedRevision });

export const RevisionInput = z.object({ expectedRevision });

/**
 * @param applicationTenant - whose user it is; what belongs to the whole tenant is nothing for its users.
 * @throws {UserErrors} INVALID at each name that is no scope such a user can hold
 */
export function requireUserScopes(names: readonly string[], applicationTenant: string | null): void {
  const errors = names.flatMap((each, index) => {
    const isHoldable = applicationTenant === null ? isTenantScope(each) : CONFINED_SCOPES.has(each);
    const message = isTenantScope(each) ? 'This belongs to the whole tenant.' : 'There is no such scope.';
    return isHoldable ? [] : [{ code: 'INVALID' as const, message, path: ['scopes', String(index)] }];
  });
  if (errors.length > 0) throw new UserErrors(errors);
}
