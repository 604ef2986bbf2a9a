/**
 * The policy of the GraphiQL page: everything from this origin, nothing from any other.
 *
 * @param styleNonce lets through the `<style>` elements GraphiQL's dialogs and menus add (scroll locking); nothing
 *   else on the page is styled inline, so `unsafe-inline` is not needed.
 */
export function contentSecurityPolicy(styleNonce: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${styleNonce}'`,
    // GraphiQL's style sheet holds its fonts and two lint marks as data URLs.
    `font-src data:`,
    `img-src 'self' data:`,
    `connect-src 'self'`,
    `worker-src 'none'`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}
