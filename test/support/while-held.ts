import { randomUUID } from 'node:crypto';
import type { mongo } from 'mongoose';

/** A document, and the client to hold it with. */
export interface Held {
  client: mongo.MongoClient;
  collection: mongo.Collection<{ _id: string }>;
  id: string;
}

/** Runs while a transaction holds a document: whoever else writes to it waits. */
export async function whileHeld({ client, collection, id }: Held, run: () => Promise<void>): Promise<void> {
  const session = client.startSession();
  try {
    session.startTransaction();
    await collection.updateOne({ _id: id }, { $set: { held: randomUUID() } }, { session });
    await run();
  } finally {
    await session.abortTransaction();
    await session.endSession();
  }
}
