import { z } from 'zod';
import { idempotencyKey } from '../../graphql/idempotency.ts';
import { expectedRevision } from '../../graphql/revision.ts';
import { line } from '../../graphql/text-input.ts';
import { isIdentifier } from '../../tenancy/identifier.ts';
import { ownSettings } from '../settings/settings-input.ts';

const name = line(120);

export function createInput() {
  return z.object({
    identifier: z.string().refine(isIdentifier, {
      error: 'must be 3 to 48 of a-z, 0-9 and single hyphens, beginning with a letter',
    }),
    name,
    settings: ownSettings()
      .nullish()
      .transform((values) => values ?? {}),
    idempotencyKey,
  });
}

export function updateInput() {
  return z.object({ name: name.optional(), settings: ownSettings().optional(), expectedRevision });
}

export const RevisionInput = z.object({ expectedRevision });
