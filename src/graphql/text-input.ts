import { z } from 'zod';

// Control characters, the line and paragraph separators and unpaired surrogates; a name shows none of them.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
const UNPRINTABLE_BUT_LINES = /[\p{Cs}\u2028\u2029]|(?![\n\t])\p{Cc}/u;

/** One line of text a person typed: trimmed, not empty, at most `max` characters, nothing unprintable. */
export function line(max: number) {
  return z
    .string()
    .max(max, { error: `must have at most ${max} characters` })
    .transform((text) => text.trim())
    .pipe(
      z
        .string()
        .min(1, { error: 'must not be empty' })
        .refine((text) => !UNPRINTABLE.test(text), { error: 'must not contain control characters' }),
    );
}

/** Several lines of text; may be empty. */
export function lines(max: number) {
  return z
    .string()
    .max(max, { error: `must have at most ${max} characters` })
    .refine((text) => !UNPRINTABLE_BUT_LINES.test(text), { error: 'must not contain control characters' });
}
