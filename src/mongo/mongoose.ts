import { Mongoose } from 'mongoose';

/**
 * The gateway's own mongoose instance: models are compiled on it once and never connected. Migrations own
 * collections and indexes, a filter or value that names an unknown path is a fault, and nothing waits in a buffer
 * for a connection that is not there.
 */
export const mongoose = new Mongoose({
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
  strict: 'throw',
  strictQuery: 'throw',
});
