import { request as httpRequest } from 'node:http';

export interface RawRequest {
  port: number;
  path?: string;
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

export interface RawReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Sends a request as it is written: `fetch` would not let a test choose its Host header. */
export function send({
  port,
  path = '/graphql',
  method = 'POST',
  headers = {},
  body,
}: RawRequest): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** What a GraphQL request answers. */
export interface GraphQLReply {
  status: number;
  headers: RawReply['headers'];
  data?: Record<string, unknown> | null;
  errors?: {
    message: string;
    path?: (string | number)[];
    extensions: Record<string, unknown> & { code: string };
  }[];
}

export interface GraphQLRequest {
  port: number;
  path?: string;
  host?: string;
  token?: string | undefined;
  query: string;
  variables?: object;
  operationName?: string;
  headers?: Record<string, string>;
}

/** Sends a GraphQL request over HTTP. */
export async function graphql(options: GraphQLRequest): Promise<GraphQLReply> {
  const { port, path = '/graphql', host, token, query, variables, operationName, headers } = options;
  const reply = await send({
    port,
    path,
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(host === undefined ? {} : { host }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ query, variables, operationName }),
  });
  return { status: reply.status, headers: reply.headers, ...(JSON.parse(reply.body) as object) };
}
