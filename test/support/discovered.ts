import * as oidc from 'openid-client';

/** A client as `openid-client` sets itself up from the issuer alone; without a secret a public one. */
export function discovered(issuer: string, clientId: string, secret?: string): Promise<oidc.Configuration> {
  return oidc.discovery(
    new URL(issuer),
    clientId,
    undefined,
    secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- it says so to stand out; the gateway under test has no TLS
    { execute: [oidc.allowInsecureRequests] },
  );
}
