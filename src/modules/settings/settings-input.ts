import { z } from 'zod';
import { expectedRevision } from '../../graphql/revision.ts';
import { type OptionGroup, optionsIn } from './option-group.ts';

let made: ReturnType<typeof create> | undefined;

/** Made when it is first asked for: by then every option is declared. */
export function settingsInput() {
  return (made ??= create());
}

function create() {
  return ownSettings().extend({ expectedRevision });
}

/** The values somebody sets for themselves; what is absent is not set. */
export function ownSettings() {
  return z.object({
    ...checks(undefined),
    theme: z.object(checks('theme')).optional(),
    options: z.object(checks('options')).optional(),
  });
}

/** A null where a value cannot be null is a fault, not a silent no-op. */
function checks(group: OptionGroup | undefined): Record<string, z.ZodOptional> {
  return Object.fromEntries([...optionsIn(group)].map(([name, { schema }]) => [name, schema.optional()]));
}
