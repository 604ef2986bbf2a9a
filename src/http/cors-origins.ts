import { z } from 'zod';
import { defineOption } from '../tenancy/option.ts';

const origin = z
  .string()
  .max(300)
  .refine((text) => text === '*' || isOrigin(text), {
    error: 'must be an origin like https://app.example.com, or *',
  });

export const corsOrigins = defineOption({
  path: 'options.corsOrigins',
  schema: z.array(origin).max(50),
  platformDefault: ['*'],
  description: 'Origins whose pages may call this endpoint; `*` is any, without credentials.',
});

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}
