import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { deadlineExceeded } from '../lib/deadline.ts';
import type { EngineContext } from './engine.ts';
import { publicError } from './public-error.ts';

/** Makes every error public on its way out, and writes the causes down for the operator. */
export function usePublicErrors(): Plugin<EngineContext> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      if (Symbol.asyncIterator in result || Array.isArray(result)) return;
      const { errors, data, ...rest } = result as ExecutionResult;
      if (errors === undefined) return;
      const { requestId, log, onError } = serverContext as unknown as EngineContext;
      // An aborted execution ends without an error of its own.
      const reported = errors.length === 0 && data == null ? [deadlineExceeded()] : errors;
      const made = reported.map((error) => publicError(error, requestId, data == null));
      for (const { code, cause } of made) {
        onError(code);
        if (code === 'INTERNAL') log.error({ err: cause }, 'a resolver failed');
        else if (cause !== undefined) log.warn({ err: cause, code }, 'a resolver was refused');
      }
      setResult({ ...rest, ...(data === undefined ? {} : { data }), errors: made.map(({ error }) => error) });
    },
  };
}
