declare const brand: unique symbol;

/** A `Base` that only the parser of `Name` may produce: `Brand<string, 'TenantId'>`. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
