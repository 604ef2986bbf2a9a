import type { Plugin } from 'graphql-yoga';
import type { EngineContext } from './engine-request.ts';

/** The schema comes with the request. Yoga's own schema function would only be asked on the way through `fetch`. */
export function useRequestSchema(): Plugin<EngineContext> {
  return {
    onEnveloped({ setSchema, context }) {
      setSchema((context as unknown as EngineContext).schema);
    },
  };
}
