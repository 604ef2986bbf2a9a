import { mongo } from 'mongoose';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineOptions } from './engine-options.ts';

export const REPLICA_SET = 'rs0';

/** How others connect. Direct: the one member is all there is, so nothing needs to be discovered. */
export function serverUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/?replicaSet=${REPLICA_SET}&directConnection=true`;
}

/** A short-lived client of a server that may not be a working replica set yet. */
export function directClient(port: number): mongo.MongoClient {
  return new mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 10_000,
    maxPoolSize: 1,
    monitorCommands: false,
  });
}

/**
 * Makes the server the primary of its own replica set: initiates it the first time, and when the set remembers
 * another address (the port of the last run was taken) gives it the new one by force.
 *
 * @throws Error with the server's last answer when it is no primary after `waitMs` milliseconds.
 */
export async function ensurePrimary(
  client: mongo.MongoClient,
  port: number,
  options: { waitMs: number; engine: EngineOptions },
): Promise<void> {
  const deadline = Date.now() + options.waitMs;
  let last: unknown = 'no answer';
  while (Date.now() < deadline) {
    try {
      const hello = await client.db('admin').command({ hello: 1 });
      if (hello['isWritablePrimary'] === true) return;
      last = hello['info'] ?? 'not primary yet';
      await configure(client, `127.0.0.1:${port}`, options.engine);
    } catch (failure) {
      // Answers while it loads its configuration are errors too; the next round tells.
      last = failure;
    }
    await sleep(15);
  }
  throw new Error(`mongod on port ${port} did not become primary (${String(last)})`);
}

async function configure(client: mongo.MongoClient, host: string, engine: EngineOptions): Promise<void> {
  const admin = client.db('admin');
  const known = await client.db('local').collection('system.replset').findOne();
  if (!known) {
    const config = {
      _id: REPLICA_SET,
      members: [{ _id: 0, host }],
      writeConcernMajorityJournalDefault: engine.isMajorityJournaled ?? true,
    };
    await admin.command({ replSetInitiate: config });
    return;
  }
  const [member] = known['members'] as { host: string }[];
  if (!member || member.host === host) return;
  const version = Number(known['version']) + 1;
  await admin.command({
    replSetReconfig: { ...known, version, members: [{ ...member, host }] },
    force: true,
  });
}
