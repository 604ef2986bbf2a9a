import { z } from 'zod';
import { idempotencyKey } from '../../graphql/idempotency.ts';
import { expectedRevision } from '../../graphql/revision.ts';
import { line } from '../../graphql/text-input.ts';
import type { Scope } from '../../shell/scope.ts';
import { audience, isReservedAudience } from './audience.ts';
import { scopeName } from './scope-name.ts';

/** Scopes a resource may have; they travel in tokens and consent pages. */
export const MAX_SCOPES = 200;

const name = line(120);

const description = line(500)
  .nullish()
  .transform((text) => text ?? null);

const resourceScope = z.object({ name: scopeName, description });

const scopes = z
  .array(resourceScope)
  .max(MAX_SCOPES, { error: `must have at most ${MAX_SCOPES} scopes` })
  .superRefine((list, context) => {
    const seen = new Set<string>();
    list.forEach((each, index) => {
      if (seen.has(each.name)) {
        context.addIssue({ code: 'custom', message: 'is in the list twice', path: [index, 'name'] });
      }
      seen.add(each.name);
    });
  });

/** Inputs of the mutations, as seen from one tenant: the gateway's own addresses are not to be had. */
export function resourceInputs({ platform }: Scope) {
  const ownAudience = audience.refine((text) => !URL.canParse(text) || !isReservedAudience(text, platform), {
    error: 'is reserved: it is an address of the gateway itself',
  });
  return {
    create: z.object({
      name,
      audience: ownAudience,
      scopes: scopes.nullish().transform((list) => list ?? []),
      idempotencyKey,
    }),
    update: z.object({ name: name.optional(), audience: ownAudience.optional(), expectedRevision }),
  };
}

export const AddScopeInput = z.object({ name: scopeName, description, expectedRevision });
export const RemoveScopeInput = z.object({ name: z.string(), expectedRevision });
export const DeleteInput = z.object({ expectedRevision });
