import { z } from 'zod';
import { defineOption } from '../../tenancy/option.ts';

export const publicContent = defineOption({
  path: 'options.publicContent',
  schema: z.boolean(),
  platformDefault: false,
  description: 'Whether anonymous callers may read published content.',
});
