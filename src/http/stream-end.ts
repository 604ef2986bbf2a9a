import type { ExecutionResult, GraphQLError } from 'graphql';
import type { ErrorCode } from '../lib/error-codes.ts';

/** Thrown in place of the last result of a stream that was ended; graphql-ws makes an `error` message of it. */
export class StreamEnd extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super('the stream was ended');
    this.errors = errors;
  }

  /** Of what ended it; undefined when that was a field of the operation, and no other operation is concerned. */
  get code(): ErrorCode | undefined {
    const [first] = this.errors;
    return first?.path === undefined ? (first?.extensions['code'] as ErrorCode | undefined) : undefined;
  }
}

/** A stream that throws {@link StreamEnd} where it would tell by a result without data why it ends. */
export function withStreamEnd(
  results: AsyncIterableIterator<ExecutionResult>,
): AsyncIterableIterator<ExecutionResult> {
  const throwing: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => throwing,
    async next() {
      const read = await results.next();
      if (read.done !== true && read.value.data == null) throw new StreamEnd(read.value.errors ?? []);
      return read;
    },
    async return() {
      await results.return?.();
      return { done: true, value: undefined };
    },
  };
  return throwing;
}
