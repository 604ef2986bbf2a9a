import { type GraphQLSchema, printSchema } from 'graphql';
import type { Reply } from './exchange.ts';

const printed = new WeakMap<GraphQLSchema, string>();

/** A schema as a file of GraphQL's schema definition language; printed once. */
export function sdlReply(schema: GraphQLSchema): Reply {
  let sdl = printed.get(schema);
  if (sdl === undefined) {
    sdl = `${printSchema(schema)}\n`;
    printed.set(schema, sdl);
  }
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' },
    body: sdl,
  };
}
