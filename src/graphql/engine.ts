import type { GraphQLSchema } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { directRequest, executeDirectly, runDirectly } from './direct-execution.ts';
import type { Engine, EngineContext, EngineReply, EngineRequest, Results } from './engine-request.ts';
import { useDocumentErrors } from './use-document-errors.ts';
import { useDocumentLimits } from './use-document-limits.ts';
import { useEventExecution } from './use-event-execution.ts';
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
  let opening: ReturnType<typeof openEngineWays> | undefined;
  const ways = () => (opening ??= openEngineWays(superset));
  const answer = async (request: EngineRequest, context: EngineContext & object) => {
    const { direct, overFetch } = await ways();
    return direct(request, context) ?? overFetch(request, context);
  };
  return Object.assign(answer, {
    run: async (params: GraphQLParams, context: EngineContext & object) =>
      (await ways()).run(params, context),
    load: async () => void (await ways()),
  });
}

/** Both ways through one Yoga, apart; `direct` answers undefined for a request it does not take. */
export async function openEngineWays(superset: GraphQLSchema) {
  // A third of all modules there are comes with it; commands that serve nobody do without.
  const { createYoga } = await import('graphql-yoga');
  const yoga = createYoga<EngineContext>({
    plugins: [
      useRequestSchema(),
      useDocumentLimits(),
      useDocumentErrors(),
      useValidationRules(superset),
      useOperationName(),
      useEventExecution(superset),
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
  const overFetch = async (
    { search, method, accept, body }: EngineRequest,
    context: EngineContext & object,
  ): Promise<EngineReply> => {
    const request = new Request(ENGINE_URL + search, {
      method,
      headers: {
        ...(accept === undefined ? {} : { accept }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    });
    let isStream = false;
    const { openStream } = context;
    const response = await yoga.fetch(request, {
      ...context,
      ...(openStream && {
        openStream: (stillFits: Parameters<typeof openStream>[0]) => {
          const stream = openStream(stillFits);
          isStream = true;
          return stream;
        },
      }),
    });
    const headers: Record<string, string> = {};
    for (const [name, value] of response.headers) headers[name.toLowerCase()] = value;
    // The length of what is sent is set where it is sent.
    delete headers['content-length'];
    const { status } = response;
    if (!isStream || response.body === null) {
      return { status, headers, body: await response.text() };
    }
    // Yoga says `none`, which no client knows. Proxies that gather what they pass on would hold events back.
    delete headers['content-encoding'];
    headers['x-accel-buffering'] = 'no';
    return { status, headers, body: response.body };
  };
  return {
    overFetch,
    run: (params: GraphQLParams, context: EngineContext & object): Promise<Results> =>
      runDirectly(yoga, params, context),
    direct(request: EngineRequest, context: EngineContext & object): Promise<EngineReply> | undefined {
      const taken = directRequest(request);
      return taken && executeDirectly(yoga, taken, context);
    },
  };
}

function cacheByText<V extends object>(): LRUCache<string, V> {
  return new LRUCache({ ...DOCUMENT_CACHE, sizeCalculation: (_value, text) => text.length + 1 });
}
