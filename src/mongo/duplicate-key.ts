import { mongo } from 'mongoose';

/** True for a unique index violation; with `index`, of that index only. */
export function isDuplicateKey(error: unknown, index?: string): boolean {
  if (!(error instanceof mongo.MongoServerError) || error.code !== 11000) return false;
  return index === undefined || error.message.includes(`index: ${index} `);
}
