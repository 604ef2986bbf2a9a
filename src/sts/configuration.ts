import type { Configuration, ExternalSigningKey } from 'oidc-provider';
import { accessTokenLifetimeSeconds } from '../auth/access-token-lifetime.ts';
import { generationOf } from '../auth/generation.ts';
import { sha256 } from '../lib/sha256.ts';
import type { Account } from '../modules/sign-in.ts';
import type { PageOwner } from '../modules/themed-page.ts';
import { optionValue } from '../tenancy/option.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import { isValidFor } from './account-validity.ts';
import { grantDigest } from './revocations.ts';
import { errorPage, signedOutPage, signOutPage } from './pages.ts';
import { idTokenLifetimeSeconds, refreshTokenLifetimeSeconds } from './token-options.ts';

export interface ConfigurationOptions {
  issuer: URL;
  /** Current first. */
  keys: readonly ExternalSigningKey[];
  /** The record as the last request saw it. */
  tenant(): Tenant;
  tenantClaim: string;
  cookieKeys: string[];
  adapter: NonNullable<Configuration['adapter']>;
  account(subject: string): Promise<Account | undefined>;
  host(subject: string | undefined): Promise<PageOwner>;
  resourceServer: NonNullable<
    NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>['getResourceServerInfo']
  >;
  gatewayAudience: string;
  policy: NonNullable<NonNullable<Configuration['interactions']>['policy']>;
}

/** Lifetimes in seconds of what no tenant changes. */
const CODE_SECONDS = 60;
const INTERACTION_SECONDS = 3_600;
const SESSION_SECONDS = 14 * 86_400;

const OPENID_SCOPES = ['openid', 'profile', 'email', 'offline_access'];

/** HS* is left out: nothing is signed or verified with a client's secret, which we do not have. */
const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

/** What one tenant's provider does and does not do. */
export function stsConfiguration(options: ConfigurationOptions): Configuration {
  const { issuer, keys, tenant, tenantClaim, gatewayAudience } = options;
  const isOpenIdScope = (scope: string): boolean => OPENID_SCOPES.includes(scope);
  const accessTokenSeconds = () => optionValue(accessTokenLifetimeSeconds, [tenant().settings]);
  // Tenants share an origin: what the cookies of one are called, where they go and what signs them is its own.
  const cookieName = sha256(tenant().id).slice(0, 12);
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, path: `${issuer.pathname}/oauth` } as const;
  const { path: _path, ...shortCookie } = cookie;
  return {
    adapter: options.adapter,
    jwks: { keys },
    clientDefaults: { id_token_signed_response_alg: keys[0]?.alg as 'ES256' },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: {
      clientAuthSigningAlgValues: [...ALGORITHMS],
      idTokenSigningAlgValues: [...ALGORITHMS],
    },
    scopes: OPENID_SCOPES,
    claims: { email: ['email', 'email_verified'], profile: ['name', 'preferred_username', 'locale'] },
    responseTypes: ['code'],
    subjectTypes: ['public'],
    extraParams: ['app_tenant'],
    allowOmittingSingleRegisteredRedirectUri: false,
    // Without a userinfo token, claims are in the ID token, which is where most look for them.
    conformIdTokenClaims: true,
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client) => Promise.resolve(client.grantTypeAllowed('refresh_token')),
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((uri) => URL.canParse(uri) && new URL(uri).origin === origin),
    extraTokenClaims: (ctx, token) => {
      const { applicationTenant, since } = (ctx.oidc.account ?? {}) as Partial<Account>;
      return {
        [tenantClaim]: tenant().id,
        ...('grantId' in token && token.grantId !== undefined ? { gid: grantDigest(token.grantId) } : {}),
        ...(since === undefined ? {} : { gen: generationOf(since) }),
        ...(applicationTenant === undefined ? {} : { app_tenant: applicationTenant }),
      };
    },
    findAccount: async (_ctx, subject, token) => {
      const account = await options.account(subject);
      if (account === undefined || !isValidFor(account, token)) return undefined;
      return { ...account, accountId: subject, claims: () => ({ ...account.claims, sub: subject }) };
    },
    interactions: {
      policy: options.policy,
      url: (_ctx, { uid }) => `${issuer.pathname}/oauth/interaction/${uid}`,
    },
    cookies: {
      names: {
        session: `sts_${cookieName}`,
        interaction: `sts_i_${cookieName}`,
        resume: `sts_r_${cookieName}`,
      },
      keys: options.cookieKeys,
      long: cookie,
      short: shortCookie,
    },
    renderError: errorPage(tenant),
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      AuthorizationCode: CODE_SECONDS,
      IdToken: () => optionValue(idTokenLifetimeSeconds, [tenant().settings]),
      RefreshToken: () => optionValue(refreshTokenLifetimeSeconds, [tenant().settings]),
      Interaction: INTERACTION_SECONDS,
      Session: SESSION_SECONDS,
      Grant: SESSION_SECONDS,
    },
    routes: {
      authorization: '/oauth/auth',
      token: '/oauth/token',
      jwks: '/oauth/jwks',
      userinfo: '/oauth/userinfo',
      revocation: '/oauth/revoke',
      introspection: '/oauth/introspect',
      pushed_authorization_request: '/oauth/par',
      end_session: '/oauth/logout',
    },
    features: {
      devInteractions: { enabled: false },
      // An experiment of the library's: it wants to be told which, so that no update changes it unseen.
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      // The gateway takes bearer tokens only; one bound to a key would be taken without its proof.
      dPoP: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      userinfo: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: signOutPage(options.host),
        postLogoutSuccessSource: signedOutPage(tenant),
      },
      resourceIndicators: {
        enabled: true,
        // The gateway unless another audience is named; of several a token is for one (RFC 8707).
        defaultResource: (_ctx, _client, oneOf) => Promise.resolve(oneOf ?? gatewayAudience),
        // With scopes of OpenID Connect alone a token is for the userinfo endpoint.
        useGrantedResource: (_ctx, source) =>
          Promise.resolve([...source.scopes].some((scope) => !isOpenIdScope(scope))),
        getResourceServerInfo: options.resourceServer,
      },
    },
  };
}
