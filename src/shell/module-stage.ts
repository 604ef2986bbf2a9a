import type { IncomingHttpHeaders } from 'node:http';
import type { PipelineStage } from '../lib/pipeline.ts';
import type { Scope } from './scope.ts';

/** A request as the stages of modules see it: whose it is has been decided, and its scope is open. */
export interface ModuleRequest {
  readonly method: string;
  /** As it was sent, with the prefix and without the query. */
  readonly path: string;
  /** The path below the tenant's own address: `/graphql` at its host and behind `/t/{identifier}` alike. */
  readonly localPath: string;
  /** The query, `?` included; '' without one. */
  readonly search: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly body: Buffer | undefined;
  readonly requestId: string;
}

/** What is sent back. */
export interface ModuleReply {
  status: number;
  headers: Record<string, string>;
  /** Iterable where GraphQL answers with a stream of events. */
  body: string | Buffer | AsyncIterable<Uint8Array> | undefined;
}

export interface ModuleExchange {
  readonly scope: Scope;
  readonly request: ModuleRequest;
  /** Set by the stage that answers; after `next` by whoever did, GraphQL included. */
  reply: ModuleReply | undefined;
}

/**
 * A stage that a module puts in front of GraphQL. It runs for the tenants that have the module and for no other, inside
 * the request's scope: answer by setting `reply` and not calling `next`, or work around what comes after.
 *
 * @example
 * const stampVersion: ModuleStage = async (exchange, next) => {
 *   await next();
 *   if (exchange.reply) exchange.reply.headers['x-content-version'] = '1';
 * };
 */
export type ModuleStage = PipelineStage<ModuleExchange>;
