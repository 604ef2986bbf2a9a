import { randomBytes } from 'node:crypto';
import { mongo } from 'mongoose';
import { isUnreachable } from '../mongo/reachability.ts';
import { processOf } from './deployment-look.ts';

/** How long connecting may take, in milliseconds. */
const CONNECT_MS = 3_000;

/** How long each command may take, in milliseconds. */
const COMMAND_MS = 5_000;

/** Members of the largest replica set there is. */
const MAX_MEMBERS = 50;

/** Server codes of a caller it does not know (18) and one that may not (13). */
const UNKNOWN_CALLER = 18;
const NOT_ALLOWED = 13;

/** Why tenants cannot be put behind a server process; undefined when they can. */
export type ProcessFault = (process: string) => Promise<string | undefined>;

/**
 * Tries whether tenants can live on a deployment: it is reached, is a replica set (transactions and change streams need
 * one), takes writes that a majority confirms, and lets us make and drop databases.
 *
 * @param membersFault - why the members that the servers name are refused.
 * @param processFault - why the server process that takes the writes is refused.
 * @returns what is wrong, without any of the connection string; undefined when all is well.
 */
export async function tryDeployment(
  uri: string,
  membersFault: (members: readonly string[]) => Promise<string | undefined>,
  processFault: ProcessFault,
): Promise<string | undefined> {
  const client = new mongo.MongoClient(uri, {
    maxPoolSize: 2,
    connectTimeoutMS: CONNECT_MS,
    serverSelectionTimeoutMS: CONNECT_MS,
    appName: 'tenant-gateway',
  });
  const named = namedMembers(client);
  const namedFault = async () =>
    named.size > MAX_MEMBERS ? 'names more members than a replica set has' : membersFault([...named]);
  try {
    await client.connect();
    const hello = await client.db('admin').command({ hello: 1 }, limit());
    const isReplicated = typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid';
    if (!isReplicated) return 'leads to a server that is not a replica set';
    const process = processOf(hello);
    const fault = (await namedFault()) ?? (process === undefined ? undefined : await processFault(process));
    if (fault !== undefined) return fault;
    await writeAndDrop(client.db(`tg_trial_${randomBytes(8).toString('hex')}`));
    // Not all members have spoken by the time the first of them is asked.
    return await namedFault();
  } catch (error) {
    return (await namedFault()) ?? faultOf(error);
  } finally {
    await client.close().catch(() => undefined);
  }
}

/**
 * Every place the driver goes to or is told to go: the hosts behind the connection string as the driver itself found
 * them, and from each server that speaks, not from the primary alone, all members it names, those that take no writes
 * (`passives`) and those without data (`arbiters`) among them. `me` and `primary` are compared only, never gone to.
 */
function namedMembers(client: mongo.MongoClient): ReadonlySet<string> {
  const named = new Set<string>();
  client.on('serverOpening', ({ address }) => named.add(address));
  client.on('serverDescriptionChanged', ({ newDescription }) => {
    // A driver that is told to stay does not go on to others.
    if (client.options.directConnection) return;
    for (const address of newDescription.allHosts) named.add(address);
  });
  return named;
}

async function writeAndDrop(db: mongo.Db): Promise<void> {
  const majority = { writeConcern: { w: 'majority', wtimeoutMS: COMMAND_MS } } as const;
  try {
    await db.collection('trial').insertOne({ at: new Date() }, { ...majority, ...limit() });
  } finally {
    // A write that was not confirmed may have happened all the same.
    await db.command({ dropDatabase: 1 }, limit());
  }
}

function limit(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(COMMAND_MS) };
}

/** The driver's own words may name hosts and users. */
function faultOf(error: unknown): string {
  if (error instanceof mongo.MongoServerError && error.code === UNKNOWN_CALLER)
    return 'holds a name or password that the server does not accept';
  if (error instanceof mongo.MongoServerError && error.code === NOT_ALLOWED)
    return 'leads to a server that does not allow to make and drop databases';
  if (isUnreachable(error)) return 'leads to no server that can be reached and takes writes';
  return 'leads to a server that does not take confirmed writes';
}
