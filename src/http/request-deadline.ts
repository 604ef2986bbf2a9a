import { z } from 'zod';
import { defineOption } from '../tenancy/option.ts';

export const requestDeadlineMs = defineOption({
  path: 'options.requestDeadlineMs',
  schema: z.int().min(200).max(600_000),
  platformDefault: 600_000,
  description:
    "How long a request may take, in milliseconds; the platform's own deadline holds all the same.",
});
