import { z } from 'zod';
import { idempotencyKey } from '../graphql/idempotency.ts';
import { line } from '../graphql/text-input.ts';
import type { PLACEMENT_MODES } from '../tenancy/tenant.ts';

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
    idempotencyKey,
  });
}

/** Where an operator wants a tenant to live. */
export interface PlacementRequest {
  mode: (typeof PLACEMENT_MODES)[number];
  cluster?: string;
  connectionString?: string;
}
