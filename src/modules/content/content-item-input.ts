import { z } from 'zod';
import { idempotencyKey } from '../../graphql/idempotency.ts';
import { expectedRevision } from '../../graphql/revision.ts';
import { line } from '../../graphql/text-input.ts';
import { isLocale } from '../../tenancy/locale.ts';
import { isSlug } from './slug.ts';

export const slug = z.string().refine(isSlug, {
  error: 'must be at most 150 lower-case letters and digits, with single -, _ or . between them',
});

export const locale = z.string().refine((text) => text.length <= 35 && isLocale(text), {
  error: 'must be a canonical BCP 47 language tag like en-GB',
});

export const title = line(300);

export const CreateContentItem = z.object({
  type: z.string(),
  slug: slug.nullish().transform((value) => value ?? undefined),
  locale: locale.nullish().transform((value) => value ?? undefined),
  title,
  data: z.unknown().optional(),
  idempotencyKey,
});

/** What is not given stays. */
export const UpdateContentItem = z.object({
  slug: slug.nullish().transform((value) => value ?? undefined),
  title: title.nullish().transform((value) => value ?? undefined),
  data: z.unknown().optional(),
  expectedRevision,
});

export const RestoreContentItem = z.object({
  slug: slug.nullish().transform((value) => value ?? undefined),
  expectedRevision,
});
