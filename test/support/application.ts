import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oidc from 'openid-client';
import { TENANT_SCOPES } from '../../src/auth/scopes.ts';
import { discovered } from './discovered.ts';
import type { TestGateway, TestTenant } from './gateway.ts';
import { graphql } from './request.ts';

/** A website that signs people in at a tenant, as anybody's would: it knows the issuer and its own credentials. */
export interface Application extends AsyncDisposable {
  readonly origin: string;
  readonly clientId: string;
  readonly config: oidc.Configuration;
  /** Where it sends a browser. */
  signInUrl(parameters?: Record<string, string>): Promise<URL>;
  /** What it got for the last code that came back, or what it was told instead. */
  readonly last: { tokens?: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers; error?: string };
}

const SCOPES = ['content:read', 'tenant:read'];

/** Makes a client by GraphQL and opens the website it is for. */
export async function openApplication(
  gateway: TestGateway,
  tenant: TestTenant,
  input: object = {},
): Promise<Application> {
  const pending = new Map<string, { verifier: string }>();
  const last: Application['last'] = {};
  const opened: { config?: oidc.Configuration } = {};
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin);
    const state = url.searchParams.get('state') ?? '';
    const { verifier = '' } = pending.get(state) ?? {};
    const answer = (text: string) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(`<!doctype html><link rel="icon" href="data:,"><title>App</title><h1>${text}</h1>`);
    };
    const { config } = opened;
    if (url.pathname !== '/callback' || config === undefined) {
      answer('The application');
      return;
    }
    oidc.authorizationCodeGrant(config, url, { pkceCodeVerifier: verifier, expectedState: state }).then(
      (tokens) => {
        Object.assign(last, { tokens, error: undefined });
        answer(`Welcome, ${JSON.stringify(tokens.claims()?.['email'])}`);
      },
      (error: unknown) => {
        const told = url.searchParams.get('error') ?? (error as { error?: string }).error ?? String(error);
        Object.assign(last, { tokens: undefined, error: told });
        answer(`Not signed in: ${told}`);
      },
    );
  });
  const origin = await originOf(server);
  const { clientId, secret } = await createClient(gateway, tenant, {
    name: 'The App',
    type: 'WEB',
    redirectUris: [`${origin}/callback`],
    scopes: SCOPES,
    ...input,
  });
  const config = await discovered(tenant.record.issuer, clientId, secret);
  opened.config = config;
  return {
    origin,
    clientId,
    config,
    last,
    async signInUrl(parameters = {}) {
      const verifier = oidc.randomPKCECodeVerifier();
      const state = oidc.randomState();
      pending.set(state, { verifier });
      return oidc.buildAuthorizationUrl(config, {
        redirect_uri: `${origin}/callback`,
        scope: ['openid', 'email', ...SCOPES].join(' '),
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        ...parameters,
      });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function originOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function createClient(gateway: TestGateway, tenant: TestTenant, input: object) {
  const { data, errors } = await graphql({
    port: gateway.port,
    token: await tenant.token(TENANT_SCOPES),
    query: `mutation ($input: CreateClientInput!) {
      createClient(input: $input) { client { clientId } secret userErrors { code path } } }`,
    variables: { input },
  });
  const payload = data?.['createClient'] as
    { client: { clientId: string } | null; secret: string | null } | undefined;
  if (payload?.client == null) throw new Error(JSON.stringify({ data, errors }));
  return { clientId: payload.client.clientId, secret: payload.secret ?? undefined };
}
