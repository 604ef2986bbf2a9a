import type { GraphQLSchema } from 'graphql';
import type { ErrorCode } from '../lib/error-codes.ts';
import type { Logger } from '../observability/logger.ts';

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
  /** `Accept` as it came. */
  accept: string | undefined;
  /** JSON; of a POST. */
  body: Buffer | undefined;
}

export interface EngineReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Parses, checks and executes GraphQL over HTTP requests. */
export type Engine = (request: EngineRequest, context: EngineContext & object) => Promise<EngineReply>;
