/**
 * The policy of the GraphiQL page: everything from this origin, nothing from any other but the identity provider's.
 *
 * @param styleNonce lets through the `<style>` elements GraphiQL's dialogs and menus add (scroll locking); nothing
 *   else on the page is styled inline, so `unsafe-inline` is not needed.
 * @param identityProvider its address, which a tenant's own host is no part of.
 */
export function contentSecurityPolicy(styleNonce: string, identityProvider?: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${styleNonce}'`,
    // GraphiQL's style sheet holds its fonts and two lint marks as data URLs.
    `font-src data:`,
    `img-src 'self' data:`,
    `connect-src 'self'${identityProvider === undefined ? '' : ` ${new URL(identityProvider).origin}`}`,
    `worker-src 'none'`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}
