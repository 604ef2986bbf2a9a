import { Mongoose } from 'mongoose';

/**
 * The gateway's own mongoose instance: models are compiled on it once and never connected. Migrations own
 * collections and indexes, and nothing waits in a buffer for a connection that is not there.
 */
export const mongoose = new Mongoose({ autoIndex: false, autoCreate: false, bufferCommands: false });
