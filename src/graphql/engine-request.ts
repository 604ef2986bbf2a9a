import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import type { ErrorCode } from '../lib/error-codes.ts';
import type { Logger } from '../observability/logger.ts';
import type { EventStream } from './event-stream.ts';

/** What the engine must know of a request besides what resolvers get. */
export interface EngineContext {
  readonly schema: GraphQLSchema;
  readonly requestId: string;
  readonly log: Logger;
  readonly mayIntrospect: boolean;
  onOperation(name: string): void;
  onError(code: ErrorCode): void;
  /** True once nobody waits for the answer any more: what fails from then on fails because of that. */
  hasHungUp(): boolean;
  /**
   * Opens the stream of a subscription; absent where nothing can be streamed.
   *
   * @param stillFits - whether the operation can be served with this schema, which may be another one by now.
   * @throws {CodedError} RATE_LIMITED when there are too many.
   */
  openStream?(stillFits: (schema: GraphQLSchema) => void): EventStream;
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
  /** A stream of bytes where the operation is answered by server-sent events. */
  body: string | AsyncIterable<Uint8Array>;
}

/** What an operation comes to: one result, or a stream of them. */
export type Results = ExecutionResult | AsyncIterableIterator<ExecutionResult>;

/** Parses, checks and executes GraphQL over HTTP requests. */
export interface Engine {
  (request: EngineRequest, context: EngineContext & object): Promise<EngineReply>;
  /** Runs an operation that did not come as an HTTP request. */
  run(params: GraphQLParams, context: EngineContext & object): Promise<Results>;
  /** Loads what the first request would wait for. */
  load(): Promise<void>;
}
