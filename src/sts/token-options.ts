import { z } from 'zod';
import { GRANT_TYPES } from '../modules/clients/client-type.ts';
import { defineOption } from '../tenancy/option.ts';

export const idTokenLifetimeSeconds = defineOption({
  path: 'options.idTokenLifetimeSeconds',
  schema: z.int().min(60).max(86_400),
  platformDefault: 3_600,
  description: 'How long an ID token lives, in seconds.',
});

export const refreshTokenLifetimeSeconds = defineOption({
  path: 'options.refreshTokenLifetimeSeconds',
  schema: z.int().min(300).max(31_536_000),
  platformDefault: 1_209_600,
  description: 'How long a refresh token lives while it is not used, in seconds.',
});

export const allowedGrants = defineOption({
  path: 'options.allowedGrants',
  schema: z
    .array(z.string().refine(isGrantType, { error: `must be one of ${GRANT_TYPES.join(', ')}` }))
    .max(10),
  platformDefault: [...GRANT_TYPES],
  description: 'Grants clients of this tenant may use at all, whatever they are allowed themselves.',
});

function isGrantType(text: string): boolean {
  return GRANT_TYPES.some((grant) => grant === text);
}
