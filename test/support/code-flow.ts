import { createHash, randomBytes } from 'node:crypto';
import type { TestGateway, TestTenant } from './gateway.ts';
import { graphql } from './request.ts';
import { type OAuthReply, postForm } from './sts.ts';
import { UserAgent } from './user-agent.ts';

export const REDIRECT = 'https://app.example/callback';

/** A client made by GraphQL. */
export async function makeClient(
  gateway: TestGateway,
  tenant: TestTenant,
  input: object,
): Promise<{ clientId: string; clientSecret?: string }> {
  const { data, errors } = await graphql({
    port: gateway.port,
    token: await tenant.token(),
    query: `mutation ($input: CreateClientInput!) {
      createClient(input: $input) { client { clientId } secret userErrors { code message path } } }`,
    variables: { input: { name: 'App', redirectUris: [REDIRECT], scopes: ['content:read'], ...input } },
  });
  const payload = data?.['createClient'] as
    { client: { clientId: string } | null; secret: string | null } | undefined;
  if (!payload?.client) throw new Error(JSON.stringify({ data, errors }));
  const { clientId } = payload.client;
  return payload.secret === null ? { clientId } : { clientId, clientSecret: payload.secret };
}

/** Where an authorization request leads, and the verifier that goes with it. */
export async function requestCode(
  gateway: TestGateway,
  identifier: string,
  parameters: Record<string, string | undefined>,
  agent = new UserAgent(gateway),
) {
  const verifier = randomBytes(32).toString('base64url');
  const all = {
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid content:read',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    login_hint: 'ann',
    ...parameters,
  };
  const given = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const query = new URLSearchParams(given as [string, string][]);
  const address = new URL(`/t/${identifier}/oauth/auth?${query}`, gateway.config.http.publicUrl);
  const { location, body, status } = await agent.visit(address);
  const code = location?.searchParams.get('code') ?? '';
  return { location, code, verifier, agent, body, status };
}

export function redeem(
  gateway: TestGateway,
  identifier: string,
  form: Record<string, string>,
  client: { clientId: string; clientSecret?: string },
): Promise<OAuthReply> {
  const all = { grant_type: 'authorization_code', redirect_uri: REDIRECT, ...form };
  return postForm(gateway, `/t/${identifier}/oauth/token`, all, client);
}
