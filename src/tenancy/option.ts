import type { z } from 'zod';

/** Where an effective value comes from, widest first. */
export const OPTION_ORIGINS = ['PLATFORM', 'TENANT', 'APPLICATION_TENANT'] as const;

export type OptionOrigin = (typeof OPTION_ORIGINS)[number];

/** Where a value stands in `settings`; a group is a type of the schema. */
export type OptionPath = 'locale' | 'timezone' | `theme.${string}` | `options.${string}`;

/** A value tenants may set for themselves. */
export interface Option<T = unknown> {
  readonly path: OptionPath;
  /** Checks what a tenant sets. Its kind decides the GraphQL type: boolean, integer, string, or a list of these. */
  readonly schema: z.ZodType<T>;
  readonly platformDefault: T;
  /** For the schema. */
  readonly description: string;
}

/** What somebody set, by path. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** What was set from the widest to the narrowest: by the tenant, then by the application tenant, if there is one. */
export type OptionLayers = readonly OptionValues[];

const declared = new Map<string, Option>();

/**
 * Declares an option beside whoever reads it. Importing the declaration makes it part of the schema; `options.ts`
 * imports them all.
 *
 * @example
 * export const publicContent = defineOption({
 *   path: 'options.publicContent',
 *   schema: z.boolean(),
 *   platformDefault: false,
 *   description: 'Whether anonymous callers may read published content.',
 * });
 * optionValue(publicContent, scope.optionLayers); // boolean
 */
export function defineOption<T>(option: Option<T>): Option<T> {
  if (declared.has(option.path)) throw new Error(`the option ${option.path} is declared twice`);
  declared.set(option.path, option);
  return option;
}

/** Every option of this build by its path, in the order of the schema. */
export function declaredOptions(): readonly Option[] {
  return [...declared.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** The value in force: the narrowest that was set, else the platform's. */
export function optionValue<T>({ path, platformDefault }: Option<T>, layers: OptionLayers): T {
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const value = layers[index]?.[path];
    if (value !== undefined) return value as T;
  }
  return platformDefault;
}

export function optionOrigin({ path }: Option, layers: OptionLayers): OptionOrigin {
  return OPTION_ORIGINS[layers.findLastIndex((values) => values[path] !== undefined) + 1] ?? 'PLATFORM';
}

/** The values of a nested object by path; what it does not give is absent. */
export function valuesByPath(nested: object): OptionValues {
  const flat: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(nested) as [string, unknown][]) {
    if (value === undefined) continue;
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isGroup) flat[name] = value;
    else for (const [inner, own] of Object.entries(valuesByPath(value))) flat[`${name}.${inner}`] = own;
  }
  return flat;
}
