import { z } from 'zod';
import { line } from '../graphql/text-input.ts';
import { type PLACEMENT_MODES } from '../tenancy/tenant.ts';

/** At least 128 bits, however they are written down: 22 characters of base64url, 32 of hex, a UUID. */
export const idempotencyKey = z
  .string()
  .refine(({ length }) => length >= 22, {
    error: 'must hold at least 128 random bits: 22 characters or more',
    abort: true,
  })
  .max(200, { error: 'must have at most 200 characters' })
  .regex(/^[\x21-\x7e]*$/, { error: 'must be printable ASCII' });

/** What a registration is asked with, checked. `identifier` has rules of its own (`identifier.ts`). */
export function registrationInput(moduleIds: readonly string[]) {
  return z.object({
    identifier: z.string(),
    name: line(120),
    administrator: z
      .object({ email: z.email({ error: 'must be an e-mail address' }).max(254) })
      .nullish()
      .transform((administrator) => administrator ?? null),
    modules: z
      .array(z.string().refine((id) => moduleIds.includes(id), { error: 'is not a module' }))
      .max(50)
      .nullish()
      .transform((modules) => [...new Set(modules ?? moduleIds)].sort()),
    idempotencyKey: idempotencyKey.nullish().transform((key) => key ?? undefined),
  });
}

export type RegistrationInput = z.infer<ReturnType<typeof registrationInput>>;

/** Where an operator wants a tenant to live. */
export interface PlacementRequest {
  mode: (typeof PLACEMENT_MODES)[number];
  cluster?: string;
  connectionString?: string;
}
