import { z } from 'zod';
import { defineOption } from './option.ts';

export const timezone = defineOption({
  path: 'timezone',
  schema: z.string().max(64).refine(isTimezone, { error: 'must be an IANA time zone like Europe/Berlin' }),
  platformDefault: 'UTC',
  description: 'IANA; for whoever shows times to people.',
});

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
