import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as oidc from 'openid-client';

export interface SiteOptions {
  /** Issuer of the tenant people sign in at. */
  issuer: string;
  /** A client of type SPA or NATIVE (no secret), or WEB with its secret. */
  clientId: string;
  clientSecret?: string;
  /** Where the site is reached; `{origin}/callback` and `{origin}/` are registered at the client. */
  origin: string;
  /** Identifier of the application tenant people sign in to; absent: the tenant's own people. */
  applicationTenant?: string;
}

/** Who is signed in, and what is needed to sign out. */
interface Session {
  name: string;
  idToken: string;
  accessToken: string;
}

/** What must come back with the browser (OpenID Connect Core 3.1.2.1, RFC 7636). */
interface Pending {
  verifier: string;
  state: string;
  nonce: string;
}

const COOKIE = 'site_session';

/**
 * A small site that signs people in by authorization code with PKCE and keeps nothing in the browser but the name of a
 * session. `openid-client` checks state, nonce, issuer, signature and times.
 */
export async function createSite(options: SiteOptions): Promise<Server> {
  const { issuer, clientId, clientSecret, origin, applicationTenant } = options;
  const isLoopback = /^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(`${issuer}/`);
  const config = await oidc.discovery(
    new URL(issuer),
    clientId,
    clientSecret,
    clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret),
    // For trying it at home; anything else speaks https.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that it stands out, not to go away
    isLoopback ? { execute: [oidc.allowInsecureRequests] } : {},
  );
  const pending = new Map<string, Pending>();
  const sessions = new Map<string, Session>();

  const routes: Record<string, (visit: Visit) => void | Promise<void>> = {
    '/': ({ response, id }) => {
      const session = sessions.get(id);
      page(
        response,
        session === undefined
          ? '<p>You are nobody here.</p><p><a href="/login">Sign in</a></p>'
          : `<p>Hello, <strong>${escaped(session.name)}</strong>.</p><p><a href="/logout">Sign out</a></p>`,
      );
    },
    '/login': async ({ response, id }) => {
      const begun = {
        verifier: oidc.randomPKCECodeVerifier(),
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
      };
      pending.set(id, begun);
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: `${origin}/callback`,
        scope: 'openid email profile content:read',
        code_challenge: await oidc.calculatePKCECodeChallenge(begun.verifier),
        code_challenge_method: 'S256',
        state: begun.state,
        nonce: begun.nonce,
        ...(applicationTenant === undefined ? {} : { app_tenant: applicationTenant }),
      });
      redirect(response, url.href);
    },
    '/callback': async ({ response, id, url }) => {
      const begun = pending.get(id);
      pending.delete(id);
      if (begun === undefined) return page(response, '<p>Start again.</p>', 400);
      const tokens = await oidc.authorizationCodeGrant(config, url, {
        pkceCodeVerifier: begun.verifier,
        expectedState: begun.state,
        expectedNonce: begun.nonce,
      });
      const person = await personOf(config, tokens);
      const name = (person['name'] ?? person['email'] ?? person['sub']) as string;
      // Another name for what is signed in now: whoever knew the one before must not share it.
      const fresh = randomUUID();
      sessions.set(fresh, {
        name,
        idToken: tokens.id_token ?? '',
        accessToken: tokens.access_token,
      });
      redirect(response, '/', fresh);
    },
    '/logout': ({ response, id }) => {
      const session = sessions.get(id);
      sessions.delete(id);
      if (session === undefined) return redirect(response, '/');
      const url = oidc.buildEndSessionUrl(config, {
        post_logout_redirect_uri: `${origin}/`,
        id_token_hint: session.idToken,
      });
      redirect(response, url.href);
    },
  };

  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin);
    const id = sessionOf(request) ?? begin(response);
    const route = routes[url.pathname];
    if (route === undefined) return page(response, '<p>There is nothing here.</p>', 404);
    Promise.resolve(route({ request, response, url, id })).catch((error: Error) =>
      page(response, `<p>Signing in failed: ${escaped(reasonOf(error))}</p><p><a href="/">Back</a></p>`, 400),
    );
  });
}

/**
 * What the site may know of who signed in: it is in the ID token where the access token is for an API, and at the
 * userinfo endpoint where it is for nothing else (OpenID Connect Core 5.4). Who gave nothing away is a number.
 */
async function personOf(
  config: oidc.Configuration,
  tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
): Promise<Record<string, unknown>> {
  const claims = tokens.claims();
  if (claims === undefined) throw new Error('there is no ID token');
  if (claims['email'] !== undefined || claims['name'] !== undefined) return claims;
  return oidc.fetchUserInfo(config, tokens.access_token, claims.sub).catch(() => claims);
}

interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** Names the browser's session. */
  id: string;
}

function sessionOf({ headers }: IncomingMessage): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([0-9a-f-]{36})`).exec(headers.cookie ?? '')?.[1];
}

function begin(response: ServerResponse): string {
  const id = randomUUID();
  response.setHeader('set-cookie', cookieOf(id));
  return id;
}

function cookieOf(id: string): string {
  return `${COOKIE}=${id}; HttpOnly; SameSite=Lax; Path=/`;
}

function redirect(response: ServerResponse, location: string, session?: string): void {
  if (session !== undefined) response.setHeader('set-cookie', cookieOf(session));
  response.writeHead(302, { location }).end();
}

function page(response: ServerResponse, content: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><html lang="en"><title>A site</title><main>${content}</main></html>`);
}

/** What the identity provider says went wrong; anybody can write that into a link, so it is escaped like all text. */
function reasonOf(error: Error): string {
  const isSaid = error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError;
  return (isSaid ? error.error_description : undefined) ?? error.message;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
