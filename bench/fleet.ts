import { randomUUID } from 'node:crypto';
import type { mongo } from 'mongoose';
import { startGateway } from './gateway.ts';
import type { BenchServer } from './server.ts';

/** A client as it authenticates. */
export interface ClientLogin {
  clientId: string;
  clientSecret: string;
}

/** A tenant and its administrator's token and client. */
export interface RegisteredTenant {
  identifier: string;
  database: string;
  accessToken: string;
  login: ClientLogin;
}

export interface FleetTenant extends RegisteredTenant {
  /** The object that by-id queries ask for: a client other than the caller, whom the gateway may have looked up. */
  clientId: string;
}

/** The name of that client. */
export const CLIENT_NAME = 'Web shop';

export type Fleet = readonly FleetTenant[];

/** Registers tenants in the control database that every gateway of a run uses. */
export async function registerFleet(
  server: BenchServer,
  count: number,
  say: (line: string) => void,
): Promise<Fleet> {
  await using gateway = await startGateway(server, say);
  return await withClients(server, await gateway.call('registerMany', 'fleet', count));
}

/** Adds to each of these tenants of a server what by-id queries ask for. */
export async function withClients(
  server: BenchServer,
  registered: readonly RegisteredTenant[],
): Promise<FleetTenant[]> {
  const client = await server.connect();
  try {
    const fleet: FleetTenant[] = [];
    for (const tenant of registered) {
      fleet.push({ ...tenant, clientId: await addClient(client.db(tenant.database)) });
    }
    return fleet;
  } finally {
    await client.close();
  }
}

/** Adds a client like the administrator's. @returns its id. */
async function addClient(database: mongo.Db): Promise<string> {
  const clients = database.collection<{ _id: string; name: string }>('clients');
  const administrator = await clients.findOne({});
  if (administrator === null) throw new Error(`${database.databaseName} has no client`);
  const id = randomUUID();
  await clients.insertOne({ ...administrator, _id: id, name: CLIENT_NAME });
  return id;
}
