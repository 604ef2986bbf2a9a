import { z } from 'zod';
import { defineOption } from './option.ts';

const color = z.string().regex(/^#[0-9a-fA-F]{6}$/, { error: 'must be a colour like #1a2b3c' });

const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2_000);

/** Of links and buttons, on pages of this gateway too. */
export const primaryColor = defineOption({
  path: 'theme.primaryColor',
  schema: color,
  platformDefault: '#2563eb',
  description: 'Of what people press.',
});

export const accentColor = defineOption({
  path: 'theme.accentColor',
  schema: color,
  platformDefault: '#0f766e',
  description: 'Of what should stand out beside it.',
});

export const logoUrl = defineOption({
  path: 'theme.logoUrl',
  schema: url.nullable(),
  platformDefault: null,
  description: 'Address of a picture.',
});
