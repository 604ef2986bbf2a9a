import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  specifiedRules,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { EngineContext } from './engine-request.ts';
import type { EventStream } from './event-stream.ts';
import { moduleDisabledRule } from './module-disabled-rule.ts';
import { publicResult } from './public-result.ts';

type Results = AsyncIterableIterator<ExecutionResult>;
type Arguments = ExecutionArgs & { contextValue: EngineContext & object };

/**
 * Executes each event of a subscription in a scope of its own. graphql-js would execute all of them in the scope of the
 * request that opened the stream, which would hold its lease, its loaders and its view of the tenant for hours.
 */
export function useEventExecution(superset: GraphQLSchema): Plugin<EngineContext> {
  const rules = [moduleDisabledRule(superset), ...specifiedRules];
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(async (untyped: unknown) => {
        const args = untyped as Arguments;
        const { contextValue, schema, document } = args;
        if (contextValue.openStream === undefined) throw new Error('nothing can be streamed here');
        const stream = contextValue.openStream((now) => {
          const [fault] = now === schema ? [] : validate(now, document, rules);
          if (fault !== undefined) throw fault;
        });
        try {
          const source = await createSourceEventStream({
            ...args,
            contextValue: { ...contextValue, stream },
          });
          if (Symbol.asyncIterator in source) {
            return resultsOf(source as AsyncIterableIterator<unknown>, stream, args);
          }
          stream.close();
          return source;
        } catch (error) {
          stream.close();
          throw error;
        }
      });
    },
  };
}

/** An iterator of its own making: a generator that waits for an event would answer `return` only after that event. */
function resultsOf(source: AsyncIterableIterator<unknown>, stream: EventStream, args: Arguments): Results {
  let isOver = false;
  const finish = async () => {
    isOver = true;
    await source.return?.();
    stream.close();
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (isOver) return { done: true, value: undefined };
      try {
        const { done, value } = (await source.next()) as IteratorResult<unknown, undefined>;
        if (done === true) {
          await finish();
          return { done, value: undefined };
        }
        const result = await stream.perEvent(async (context) =>
          publicResult(await execute({ ...args, rootValue: value, contextValue: context }), context),
        );
        // The caller may not even read the field any more: no event can bring another answer.
        if (result.data == null) await finish();
        return { done: false, value: result };
      } catch (error) {
        await finish();
        return { done: false, value: publicResult({ errors: [error as never] }, args.contextValue) };
      }
    },
    async return() {
      await finish();
      return { done: true, value: undefined };
    },
  };
}
