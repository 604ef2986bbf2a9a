import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { directRequest, executeDirectly } from './direct-execution.ts';
import type { Engine, EngineContext, EngineReply, EngineRequest } from './engine-request.ts';
import { useDocumentErrors } from './use-document-errors.ts';
import { useDocumentLimits } from './use-document-limits.ts';
import { useOperationName } from './use-operation-name.ts';
import { usePublicErrors } from './use-public-errors.ts';
import { useRequestSchema } from './use-request-schema.ts';
import { useValidationRules } from './use-validation-rules.ts';

/**
 * What a cache of documents holds, by count and by the characters of their texts: counted alone, a thousand documents
 * of a megabyte each would be a gigabyte of memory. A parsed document takes up to 250 bytes a character.
 */
const DOCUMENT_CACHE = { max: 1_024, maxSize: 400_000 };

/** All requests come under this address: which route they took was decided before. */
const ENGINE_URL = 'http://gateway/graphql';

/**
 * The one GraphQL Yoga of the process. It knows nothing of tenants: the schema and the resolvers' context come with
 * each request. Its parse cache is shared by text, its validation cache is keyed by schema object.
 *
 * What nearly every client sends, a query in a JSON body with a plain `Accept`, goes to Yoga's pipeline directly; the
 * rest takes the way through its fetch adapter, which costs several times as much. A test holds both ways to the same
 * answers.
 *
 * @param superset - every field there is, to tell a disabled module from a mistake.
 */
export function createEngine(superset: GraphQLSchema): Engine {
  const { direct, overFetch } = createEngineWays(superset);
  return (request, context) => direct(request, context) ?? overFetch(request, context);
}

/** Both ways through one Yoga, apart; `direct` answers undefined for a request it does not take. */
export function createEngineWays(superset: GraphQLSchema) {
  const yoga = createYoga<EngineContext>({
    plugins: [
      useRequestSchema(),
      useDocumentLimits(),
      useDocumentErrors(),
      useValidationRules(superset),
      useOperationName(),
      usePublicErrors(),
    ],
    // Errors are made public in one place, public-result.ts.
    maskedErrors: false,
    logging: false,
    // Each of these is done by a stage of its own (src/http) or not wanted.
    maxRequestBodySize: false,
    multipart: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    batching: false,
    parserAndValidationCache: { documentCache: cacheByText(), errorCache: cacheByText() },
  });
  // Yoga's own Request: reading a body out of Node's takes 20 us longer.
  const { Request } = yoga.fetchAPI;
  const overFetch: Engine = async ({ search, method, accept, body }, context) => {
    const request = new Request(ENGINE_URL + search, {
      method,
      headers: {
        ...(accept === undefined ? {} : { accept }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    });
    const response = await yoga.fetch(request, context);
    const headers: Record<string, string> = {};
    for (const [name, value] of response.headers) headers[name.toLowerCase()] = value;
    // The length of what is sent is set where it is sent.
    delete headers['content-length'];
    return { status: response.status, headers, body: await response.text() };
  };
  return {
    overFetch,
    direct(request: EngineRequest, context: EngineContext & object): Promise<EngineReply> | undefined {
      const taken = directRequest(request);
      return taken && executeDirectly(yoga, taken, context);
    },
  };
}

function cacheByText<V extends object>(): LRUCache<string, V> {
  return new LRUCache({ ...DOCUMENT_CACHE, sizeCalculation: (_value, text) => text.length + 1 });
}
