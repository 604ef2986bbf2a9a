import { z } from 'zod';
import { defineOption } from './option.ts';

export const locale = defineOption({
  path: 'locale',
  schema: z.string().max(35).refine(isLocale, { error: 'must be a BCP 47 language tag like en-GB' }),
  platformDefault: 'en',
  description: 'BCP 47; the language of content that names none.',
});

export function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text)[0] === text;
  } catch {
    return false;
  }
}
