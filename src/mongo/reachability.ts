import { mongo } from 'mongoose';
import { CircuitOpenError } from './circuit.ts';

/** True when an operation failed because no server could be reached, rather than because it was wrong. */
export function isUnreachable(error: unknown): boolean {
  return (
    error instanceof CircuitOpenError ||
    error instanceof mongo.MongoNetworkError ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoTopologyClosedError ||
    error instanceof mongo.MongoNotConnectedError ||
    (error instanceof mongo.MongoError && error.name === 'MongoWaitQueueTimeoutError')
  );
}
