import type { PlatformScope } from '../../src/auth/scopes.ts';
import type { TestGateway } from './gateway.ts';
import { graphql, type GraphQLReply } from './request.ts';

export interface UserErrorReply {
  code: string;
  message: string;
  path: string[];
}

/** What `registerTenant` and `createTenant` answer. */
export interface RegistrationReply {
  reply: GraphQLReply;
  tenant: {
    id: string;
    identifier: string;
    name: string;
    status: string;
    graphqlUrl: string;
    issuer: string;
  } | null;
  bootstrap: {
    accessToken: string;
    expiresAt: string;
    clientId: string;
    clientSecret: string;
    setPasswordUrl: string | null;
  } | null;
  userErrors: UserErrorReply[];
  /** Code of the top-level error, when there is one. */
  code: string | undefined;
}

const OUTCOME = `tenant { id identifier name status graphqlUrl issuer }
  bootstrap { accessToken expiresAt clientId clientSecret setPasswordUrl }
  userErrors { code message path }`;

const ALL_PLATFORM_SCOPES: readonly PlatformScope[] = [
  'platform:tenants:read',
  'platform:tenants:write',
  'platform:clusters:read',
  'platform:clusters:write',
];

export function platform(
  { port }: { port: number },
  query: string,
  variables: object = {},
  token?: string,
): Promise<GraphQLReply> {
  return graphql({ port, path: '/platform/graphql', query, variables, token });
}

/** Registers as anyone would: over HTTP, without a token. */
export async function register(gateway: { port: number }, input: object): Promise<RegistrationReply> {
  const query = `mutation Register($input: RegisterTenantInput!) { registerTenant(input: $input) { ${OUTCOME} } }`;
  return outcomeOf(await platform(gateway, query, { input }), 'registerTenant');
}

/** Creates a tenant as an operator. */
export async function createTenant(gateway: TestGateway, input: object): Promise<RegistrationReply> {
  const query = `mutation Create($input: CreateTenantInput!) { createTenant(input: $input) { ${OUTCOME} } }`;
  return outcomeOf(await platform(gateway, query, { input }, await operatorToken(gateway)), 'createTenant');
}

export async function operatorToken(
  { app }: TestGateway,
  scopes: readonly PlatformScope[] = ALL_PLATFORM_SCOPES,
): Promise<string> {
  return (await app.tokens.forOperator(scopes, 600_000)).token;
}

/** Runs an operator's mutation that takes one input. */
export async function operate(
  gateway: TestGateway,
  mutation: string,
  input: object,
  selection = 'userErrors { code message path }',
): Promise<{ reply: GraphQLReply; payload: Record<string, unknown>; codes: string[] }> {
  const inputType = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const reply = await platform(
    gateway,
    `mutation Operate($input: ${inputType}!) { ${mutation}(input: $input) { ${selection} } }`,
    { input },
    await operatorToken(gateway),
  );
  const payload = (reply.data?.[mutation] ?? {}) as Record<string, unknown>;
  const userErrors = (payload['userErrors'] ?? []) as UserErrorReply[];
  const codes = [...userErrors, ...(reply.errors ?? []).map(({ extensions }) => extensions)].map(
    ({ code }) => code,
  );
  return { reply, payload, codes };
}

/** What a caller finds at a tenant's prefix: its identifier, or the code of the refusal. */
export async function visit(gateway: { port: number }, identifier: string, token?: string): Promise<string> {
  const { data, errors } = await graphql({
    port: gateway.port,
    path: `/t/${identifier}/graphql`,
    token,
    query:
      token === undefined ? '{ tenant { identifier } }' : '{ tenant { identifier } clients { totalCount } }',
  });
  const tenant = data?.['tenant'] as { identifier: string } | undefined;
  return errors?.[0]?.extensions.code ?? tenant?.identifier ?? 'nothing';
}

function outcomeOf(reply: GraphQLReply, field: string): RegistrationReply {
  const payload = (reply.data?.[field] ?? {}) as Partial<RegistrationReply>;
  return {
    reply,
    tenant: payload.tenant ?? null,
    bootstrap: payload.bootstrap ?? null,
    userErrors: payload.userErrors ?? [],
    code: reply.errors?.[0]?.extensions.code,
  };
}
