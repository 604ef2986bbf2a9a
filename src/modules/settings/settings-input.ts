import { z } from 'zod';
import { expectedRevision } from '../../graphql/revision.ts';
import { SETTINGS } from '../../tenancy/settings.ts';

/** A null where a value cannot be null is a fault, not a silent no-op. */
export const SettingsInput = z.object({
  theme: z
    .object({
      primaryColor: SETTINGS['theme.primaryColor'].schema.optional(),
      accentColor: SETTINGS['theme.accentColor'].schema.optional(),
      logoUrl: SETTINGS['theme.logoUrl'].schema.optional(),
    })
    .optional(),
  locale: SETTINGS.locale.schema.optional(),
  timezone: SETTINGS.timezone.schema.optional(),
  options: z
    .object({
      publicContent: SETTINGS['options.publicContent'].schema.optional(),
      corsOrigins: SETTINGS['options.corsOrigins'].schema.optional(),
      accessTokenLifetimeSeconds: SETTINGS['options.accessTokenLifetimeSeconds'].schema.optional(),
    })
    .optional(),
  expectedRevision,
});
