import { type DocumentNode, type GraphQLSchema, Kind, NoSchemaIntrospectionCustomRule } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { ErrorCode } from '../lib/error-codes.ts';
import type { Logger } from '../observability/logger.ts';
import { moduleDisabledRule } from './module-disabled-rule.ts';
import { useDocumentErrors } from './use-document-errors.ts';
import { useDocumentLimits } from './use-document-limits.ts';
import { usePublicErrors } from './use-public-errors.ts';

/** What the engine must know of a request besides what resolvers get. */
export interface EngineContext {
  readonly schema: GraphQLSchema;
  readonly requestId: string;
  readonly log: Logger;
  readonly mayIntrospect: boolean;
  onOperation(name: string): void;
  onError(code: ErrorCode): void;
}

/** A GraphQL over HTTP request, whichever route it took. */
export interface EngineRequest {
  method: string;
  /** With its question mark; '' without one. */
  search: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | undefined;
}

/** Parses, checks and executes GraphQL over HTTP requests. */
export type Engine = (request: EngineRequest, context: EngineContext & object) => Promise<Response>;

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
 * @param superset - every field there is, to tell a disabled module from a mistake.
 */
export function createEngine(superset: GraphQLSchema): Engine {
  const yoga = createYoga<EngineContext>({
    schema: ({ schema }) => schema,
    plugins: [
      useDocumentLimits(),
      useDocumentErrors(),
      useRules(superset),
      useOperationName(),
      usePublicErrors(),
    ],
    // Errors are made public in one place, usePublicErrors.
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
  return async ({ search, method, headers, body }, context) =>
    yoga.fetch(
      new Request(ENGINE_URL + search, { method, headers, ...(body === undefined ? {} : { body }) }),
      context,
    );
}

function cacheByText<V extends object>(): LRUCache<string, V> {
  return new LRUCache({ ...DOCUMENT_CACHE, sizeCalculation: (_value, text) => text.length + 1 });
}

function useRules(superset: GraphQLSchema): Plugin<EngineContext> {
  const rule = moduleDisabledRule(superset);
  return {
    onValidate({ addValidationRule, context }) {
      addValidationRule(rule);
      const { mayIntrospect } = context as unknown as EngineContext;
      if (!mayIntrospect) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}

function useOperationName(): Plugin<EngineContext> {
  return {
    onExecute({ args }) {
      const context = args.contextValue as unknown as EngineContext;
      const operation = (args.document as DocumentNode).definitions.find(
        (definition) =>
          definition.kind === Kind.OPERATION_DEFINITION &&
          (args.operationName == null || definition.name?.value === args.operationName),
      );
      if (operation?.kind === Kind.OPERATION_DEFINITION) {
        context.onOperation(`${operation.operation} ${operation.name?.value ?? '-'}`.slice(0, 100));
      }
    },
  };
}
