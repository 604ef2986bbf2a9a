import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { EngineContext } from './engine-request.ts';
import { publicResult } from './public-result.ts';

/** Makes errors public on their way out through Yoga's fetch adapter. */
export function usePublicErrors(): Plugin<EngineContext> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      if (Symbol.asyncIterator in result || Array.isArray(result)) return;
      setResult(publicResult(result as ExecutionResult, serverContext as unknown as EngineContext));
    },
  };
}
