import { mongo } from 'mongoose';
import { CircuitOpenError } from './circuit.ts';

/** A socket that ended while the driver wrote to it: this version lets Node's own error through. */
const SOCKET_FAULTS = ['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'ETIMEDOUT'];

/** What a server answers that goes down, comes up or is no primary any more (the driver's SDAM specification). */
const STATE_CHANGES = [91, 189, 10107, 11600, 11602, 13435, 13436];

/** True when an operation failed because no server could be reached, rather than because it was wrong. */
export function isUnreachable(error: unknown): boolean {
  return (
    error instanceof CircuitOpenError ||
    error instanceof mongo.MongoNetworkError ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoTopologyClosedError ||
    error instanceof mongo.MongoNotConnectedError ||
    (error instanceof mongo.MongoError && error.name === 'MongoWaitQueueTimeoutError') ||
    (error instanceof mongo.MongoServerError && STATE_CHANGES.includes(Number(error.code))) ||
    (error instanceof Error && SOCKET_FAULTS.includes((error as NodeJS.ErrnoException).code ?? ''))
  );
}
