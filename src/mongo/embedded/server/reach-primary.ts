import { realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';
import type { EngineOptions } from '../engine-options.ts';
import { oneLine } from '../process/one-line.ts';
import { waitForPort } from './loopback-port.ts';
import { REPLICA_SET } from './mongod-arguments.ts';
import type { ServerHome } from './server-home.ts';

const PRIMARY = 'primary';
const FOREIGN = 'another server answers there';

/**
 * Waits until the server of a home answers on a port and is the primary of its own replica set: initiates the set the
 * first time, and when the set remembers another address (the port of the last run was taken) gives it the new one.
 * The server first asks the old address whether that is itself: who accepts there and stays silent costs 30 s.
 *
 * @param options.until - asked before each attempt; waiting ends when it says true.
 * @throws Error with the last answer when waiting ended, or when the server of another directory has the port.
 */
export async function reachPrimary(
  home: ServerHome,
  port: number,
  options: { engine: EngineOptions; until: () => boolean | Promise<boolean> },
): Promise<void> {
  let answer = 'it does not answer';
  if (!(await waitForPort(port, options.until))) throw new Error(answer);
  const client = new mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 10_000,
    maxPoolSize: 1,
  });
  try {
    while (answer !== FOREIGN && !(await options.until())) {
      // Answers while it loads its configuration are errors too; the next round tells.
      answer = await ask(client, home, `127.0.0.1:${port}`, options.engine).catch(oneLine);
      if (answer === PRIMARY) return;
      await sleep(15);
    }
  } finally {
    await client.close();
  }
  throw new Error(answer);
}

async function ask(
  client: mongo.MongoClient,
  home: ServerHome,
  host: string,
  engine: EngineOptions,
): Promise<string> {
  const admin = client.db('admin');
  // First of all: whoever took the port meanwhile must not be reconfigured.
  const started = await admin.command({ getCmdLineOpts: 1 });
  const { storage } = started['parsed'] as { storage?: { dbPath?: string } };
  const dbPath = await realpath(storage?.dbPath ?? '').catch(() => undefined);
  if (dbPath !== home.dbPath) return FOREIGN;
  const hello = await admin.command({ hello: 1 });
  if (hello['isWritablePrimary'] === true) return PRIMARY;
  await configure(client, host, engine);
  return String(hello['info'] ?? 'it is not primary yet');
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
  // By force: a member that does not find itself in the set cannot be elected to accept an ordinary one.
  await admin.command({
    replSetReconfig: { ...known, version, members: [{ ...member, host }] },
    force: true,
  });
}
