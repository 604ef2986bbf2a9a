import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose';

export interface OrdersApiOptions {
  /** Issuer of the one tenant whose tokens count, like `https://gateway.example/t/acme`. */
  issuer: string;
  /** `audience` of the API resource this API is. */
  audience: string;
}

/** What each route asks for (OAuth 2.0 scopes of the API resource). */
const SCOPES: Readonly<Record<string, string>> = {
  'GET /orders': 'orders:read',
  'POST /orders': 'orders:write',
};

/**
 * A small API behind a tenant's identity provider. It knows the provider by its issuer alone: the keys come from the
 * address that discovery names (OpenID Connect Discovery 1.0), are cached, and are asked for again when a token names one
 * that is new. A token counts when it is an access token (RFC 9068) of this issuer, for this audience, with the scope of
 * the route.
 */
export function createOrdersApi({ issuer, audience }: OrdersApiOptions): Server {
  const orders: { id: number; text: string; by: string }[] = [];
  const keys = keysOf(issuer);

  /** Who calls, or undefined after the refusal was sent (RFC 6750 section 3). */
  async function caller(request: IncomingMessage, response: ServerResponse): Promise<JWTPayload | undefined> {
    const needed = SCOPES[`${request.method} ${request.url}`];
    if (needed === undefined) return refuse(response, 404);
    const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) return refuse(response, 401, 'Bearer');
    try {
      const { payload } = await jwtVerify(token, await keys(), {
        issuer,
        audience,
        typ: 'at+jwt',
        algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
        requiredClaims: ['exp', 'sub', 'client_id'],
      });
      const scopes = typeof payload['scope'] === 'string' ? payload['scope'].split(' ') : [];
      if (scopes.includes(needed)) return payload;
      return refuse(response, 403, `Bearer error="insufficient_scope", scope="${needed}"`);
    } catch (error) {
      // Whatever is no fault of the token is ours: the provider cannot be reached, say.
      if (!(error instanceof errors.JOSEError)) return refuse(response, 503);
      return refuse(response, 401, 'Bearer error="invalid_token"');
    }
  }

  return createServer((request, response) => {
    void caller(request, response).then((payload) => {
      if (payload === undefined) return;
      if (request.method === 'POST') {
        orders.push({ id: orders.length + 1, text: 'one of everything', by: payload.sub ?? '' });
      }
      answer(response, request.method === 'POST' ? 201 : 200, { orders });
    });
  });
}

/** The provider's keys; discovery is read once, when the first token comes. */
function keysOf(issuer: string): () => Promise<ReturnType<typeof createRemoteJWKSet>> {
  let found: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  const discover = async () => {
    const response = await fetch(`${issuer}/.well-known/openid-configuration`, { redirect: 'error' });
    const metadata = (await response.json()) as { issuer: string; jwks_uri: string };
    // Section 4.3 of Discovery: it must be the one that was asked for.
    if (metadata.issuer !== issuer) throw new Error(`discovery speaks of ${metadata.issuer}`);
    return createRemoteJWKSet(new URL(metadata.jwks_uri), {
      [customFetch]: (url: string, init: RequestInit) => fetch(url, { ...init, redirect: 'error' }),
    });
  };
  return () => {
    found ??= discover();
    found.catch(() => (found = undefined));
    return found;
  };
}

function refuse(response: ServerResponse, status: number, challenge?: string): undefined {
  if (challenge !== undefined) response.setHeader('www-authenticate', challenge);
  answer(response, status, { error: status === 404 ? 'not_found' : 'refused' });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
