import { z } from 'zod';
import { valueAt } from '../lib/value-at.ts';

/** Where an effective setting comes from. */
export type SettingOrigin = 'PLATFORM' | 'TENANT';

const color = z.string().regex(/^#[0-9a-fA-F]{6}$/, { error: 'must be a colour like #1a2b3c' });

const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2_000);

const origin = z
  .string()
  .max(300)
  .refine((text) => URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text, {
    error: 'must be an origin like https://app.example.com',
  });

const locale = z.string().max(35).refine(isLocale, { error: 'must be a BCP 47 language tag like en-GB' });

const timezone = z
  .string()
  .max(64)
  .refine(isTimezone, { error: 'must be an IANA time zone like Europe/Berlin' });

/**
 * Every setting a tenant may override, by path, with the check of its value and the platform's default. Modules and
 * HTTP stages read them through {@link effectiveSetting}.
 */
export const SETTINGS = {
  'theme.primaryColor': { schema: color, platformDefault: '#2563eb' },
  'theme.accentColor': { schema: color, platformDefault: '#0f766e' },
  'theme.logoUrl': { schema: url.nullable(), platformDefault: null },
  locale: { schema: locale, platformDefault: 'en' },
  timezone: { schema: timezone, platformDefault: 'UTC' },
  'options.publicContent': { schema: z.boolean(), platformDefault: false },
  'options.corsOrigins': { schema: z.array(origin).max(50), platformDefault: ['*'] },
  'options.accessTokenLifetimeSeconds': { schema: z.int().min(60).max(86_400), platformDefault: 3_600 },
} as const;

export type SettingPath = keyof typeof SETTINGS;

export const SETTING_PATHS = Object.keys(SETTINGS) as SettingPath[];

/** The values a tenant set itself, by path. */
export type SettingsOverrides = Readonly<Partial<Record<SettingPath, unknown>>>;

/** The values a nested object gives, by path; what it does not give is absent. */
export function settingsByPath(nested: object): Partial<Record<SettingPath, unknown>> {
  const byPath: Partial<Record<SettingPath, unknown>> = {};
  for (const path of SETTING_PATHS) {
    const value = valueAt(nested, path);
    if (value !== undefined) byPath[path] = value;
  }
  return byPath;
}

/** The value in force: the tenant's own, else the platform's. */
export function effectiveSetting<P extends SettingPath>(
  overrides: SettingsOverrides,
  path: P,
): z.infer<(typeof SETTINGS)[P]['schema']> {
  const own = overrides[path];
  return (own === undefined ? SETTINGS[path].platformDefault : own) as z.infer<
    (typeof SETTINGS)[P]['schema']
  >;
}

export function settingOrigin(overrides: SettingsOverrides, path: SettingPath): SettingOrigin {
  return overrides[path] === undefined ? 'PLATFORM' : 'TENANT';
}

export function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text)[0] === text;
  } catch {
    return false;
  }
}

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
