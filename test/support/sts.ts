import type { TestGateway } from './gateway.ts';
import { type RawReply, send } from './request.ts';

/** A client as it authenticates. */
export interface ClientLogin {
  clientId: string;
  clientSecret?: string;
}

/** What the token endpoint and its neighbours answer. */
export interface OAuthReply {
  status: number;
  headers: RawReply['headers'];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the answer is JSON of whatever endpoint was asked
  body: any;
}

/** Asks below a tenant's issuer, at the listener of a gateway under test. */
export async function atSts(
  { port }: TestGateway,
  identifier: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<OAuthReply> {
  const reply = await send({ port, method: 'GET', path: `/t/${identifier}${path}`, headers });
  return answerOf(reply);
}

/** Sends a form as a client does. */
export async function postForm(
  { port }: TestGateway,
  path: string,
  form: Record<string, string>,
  { clientId, clientSecret }: Partial<ClientLogin> = {},
  headers: Record<string, string> = {},
): Promise<OAuthReply> {
  const isSecretive = clientId !== undefined && clientSecret !== undefined;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const reply = await send({
    port,
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(isSecretive ? { authorization: `Basic ${basic}` } : {}),
      ...headers,
    },
    body: new URLSearchParams({
      ...form,
      ...(clientId !== undefined && !isSecretive ? { client_id: clientId } : {}),
    }).toString(),
  });
  return answerOf(reply);
}

function answerOf({ status, headers, body }: RawReply): OAuthReply {
  const isJson = headers['content-type']?.includes('json') === true;
  return { status, headers, body: isJson ? JSON.parse(body) : body };
}

/** A token a client asks for itself. */
export function clientCredentials(
  gateway: TestGateway,
  identifier: string,
  client: ClientLogin,
  form: Record<string, string> = {},
): Promise<OAuthReply> {
  return postForm(
    gateway,
    `/t/${identifier}/oauth/token`,
    { grant_type: 'client_credentials', ...form },
    client,
  );
}
