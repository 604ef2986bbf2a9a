import { z } from 'zod';
import { defineOption } from '../tenancy/option.ts';

export const accessTokenLifetimeSeconds = defineOption({
  path: 'options.accessTokenLifetimeSeconds',
  schema: z.int().min(60).max(86_400),
  platformDefault: 3_600,
  description: 'How long an access token lives, in seconds.',
});
