import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGraphQLError, createSchema, createYoga } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';
import { graphiqlAssets } from '../../../src/http/graphiql/assets.ts';
import { graphiqlPage } from '../../../src/http/graphiql/page.ts';
import type { GraphiqlPageOptions } from '../../../src/http/graphiql/page.ts';

/** Shaped like a JWT, accepted by no one but this server. */
export const ACCESS_TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLWFkYQ';

/** A GraphQL request as the endpoint saw it. */
export interface SeenRequest {
  readonly query: string;
  readonly authorization: string | null;
  readonly headers: Headers;
}

export interface GraphiqlServer extends AsyncDisposable {
  readonly origin: string;
  /** Oldest first; empty it to look at what follows. */
  readonly seen: SeenRequest[];
  /** Serves `GET /{identifier}` with these options. */
  setPage(identifier: string, options: Partial<GraphiqlPageOptions>): void;
}

/** GraphiQL pages and their files on a free port, in front of a small real endpoint. */
export async function startGraphiqlServer(): Promise<GraphiqlServer> {
  const seen: SeenRequest[] = [];
  const pages = new Map<string, Partial<GraphiqlPageOptions>>();
  const assets = graphiqlAssets();
  const yoga = createYoga({ schema, logging: false, plugins: [recorder(seen)] });
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname === '/graphql') return yoga(request, response);
      const asset = await assets.answer(pathname, request.headers['accept-encoding']);
      if (asset !== undefined) return response.writeHead(200, asset.headers).end(asset.body);
      const options = pages.get(pathname.slice(1));
      if (options === undefined) return response.writeHead(404).end();
      const { body, headers } = graphiqlPage({
        title: 'Acme',
        storageNamespace: pathname.slice(1),
        endpoint: '/graphql',
        sampleOperations: SAMPLES,
        isSignInRequired: false,
        ...options,
        assetUrls: await assets.urls(),
      });
      return response.writeHead(200, headers).end(body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    setPage: (identifier, options) => void pages.set(identifier, options),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const SAMPLES = [
  { name: 'Who am I', query: 'query WhoAmI {\n  tenant {\n    name\n  }\n  viewer {\n    subject\n  }\n}\n' },
  {
    name: 'Greet someone',
    query: 'query Greet($name: String!) {\n  greeting(name: $name)\n}\n',
    variables: '{\n  "name": "Grace"\n}',
  },
  { name: 'Rename the tenant', query: 'mutation Rename {\n  rename(name: "New") {\n    name\n  }\n}\n' },
  { name: 'Watch the countdown', query: 'subscription Countdown {\n  countdown(from: 3)\n}\n' },
];

const schema = createSchema<{ request: Request }>({
  typeDefs: /* GraphQL */ `
    type Tenant {
      name: String!
      identifier: String!
    }
    type Viewer {
      kind: String!
      subject: String
      scopes: [String!]!
    }
    type Query {
      tenant: Tenant!
      viewer: Viewer!
      "Says hello. ![a picture from elsewhere](https://elsewhere.invalid/picture.png)"
      greeting(name: String!): String!
    }
    type Mutation {
      rename(name: String!): Tenant!
    }
    type Subscription {
      countdown(from: Int!): Int!
    }
  `,
  resolvers: {
    Query: {
      tenant: () => ({ name: 'Acme', identifier: 'acme' }),
      viewer: (_root, _args, { request }) =>
        request.headers.has('authorization')
          ? { kind: 'USER', subject: 'ada', scopes: ['content:read', 'content:write'] }
          : { kind: 'ANONYMOUS', subject: null, scopes: [] },
      greeting: (_root, { name }: { name: string }) => `Hello, ${name}`,
    },
    Mutation: { rename: (_root, { name }: { name: string }) => ({ name, identifier: 'acme' }) },
    Subscription: {
      countdown: {
        subscribe: async function* (_root, { from }: { from: number }) {
          for (let left = from; left >= 0; left -= 1) yield { countdown: left };
        },
      },
    },
  },
});

function recorder(seen: SeenRequest[]): Plugin {
  return {
    onParams({ params, request }) {
      const authorization = request.headers.get('authorization');
      seen.push({ query: params.query ?? '', authorization, headers: request.headers });
      if (authorization !== null && authorization !== `Bearer ${ACCESS_TOKEN}`) {
        throw createGraphQLError('This token is not valid.', {
          extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
        });
      }
    },
  };
}
