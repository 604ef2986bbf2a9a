import type { mongo } from 'mongoose';
import type { Migration } from '../../../mongo/migration.ts';
import { type Client, clientModel } from '../client.ts';
import { keyedHash, PLAIN_HASH } from '../secret-hash.ts';

/** Clients written at once. */
const BATCH = 200;

/** Keys the hashes of secrets that earlier builds made. Each is changed as it was read, or was changed meanwhile. */
export const keyedSecrets: Migration = {
  name: 'clients/001-keyed-secrets',
  async transform(collection, signal, secretKey) {
    const clients = collection(clientModel.collection) as unknown as mongo.Collection<Client>;
    for (;;) {
      const found = await clients
        .find({ 'secrets.hash': PLAIN_HASH }, { projection: { secrets: 1 }, limit: BATCH, signal })
        .toArray();
      if (found.length === 0) return;
      const key = await secretKey();
      const changes = found.flatMap(({ _id, secrets }) =>
        secrets
          .map(({ hash }) => ({ hash, keyed: keyedHash(key, hash) }))
          .filter(({ hash, keyed }) => hash !== keyed)
          .map(({ hash, keyed }) => ({
            updateOne: {
              filter: { _id, 'secrets.hash': hash },
              update: { $set: { 'secrets.$.hash': keyed } },
            },
          })),
      );
      signal.throwIfAborted();
      await clients.bulkWrite(changes);
    }
  },
};
