/** The verified caller. Scopes are a set of names; what they allow is decided by the rules. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'client' | 'user';
      readonly subject: string;
      readonly clientId: string;
      readonly scopes: ReadonlySet<string>;
      /** When its token was issued, in milliseconds since the epoch. */
      readonly issuedAtMs: number;
    };

export const ANONYMOUS: Principal = { kind: 'anonymous' };

export function scopesOf(principal: Principal): ReadonlySet<string> {
  return principal.kind === 'anonymous' ? NO_SCOPES : principal.scopes;
}

const NO_SCOPES: ReadonlySet<string> = new Set();
