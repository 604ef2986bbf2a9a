import { type DocumentNode, Kind } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { EngineContext } from './engine-request.ts';

/** Longest name that is written down; a client chooses it. */
const MAX_LENGTH = 100;

/** Tells which operation runs, for the log line. */
export function useOperationName(): Plugin<EngineContext> {
  return { onExecute: ({ args }) => tell(args), onSubscribe: ({ args }) => tell(args) };
}

function tell(args: { contextValue?: unknown; document: unknown; operationName?: string | null }): void {
  const { onOperation } = args.contextValue as EngineContext;
  const operation = (args.document as DocumentNode).definitions.find(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (args.operationName == null || definition.name?.value === args.operationName),
  );
  if (operation?.kind === Kind.OPERATION_DEFINITION) {
    onOperation(`${operation.operation} ${operation.name?.value ?? '-'}`.slice(0, MAX_LENGTH));
  }
}
