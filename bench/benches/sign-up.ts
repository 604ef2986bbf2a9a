import { randomBytes, randomUUID } from 'node:crypto';
import { globalAgent, request } from 'node:http';
import { mongo } from 'mongoose';
import { openControlDatabase } from '../../src/control-plane/control-database.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { byIdQuery } from '../by-id-query.ts';
import { type BenchGateway, PUBLIC_HOST, startGateway } from '../gateway.ts';
import type { CheckedRequest } from '../http-load.ts';
import { send } from '../send-once.ts';
import { quantile, spreadOf } from '../spread.ts';

const MUTATION = `mutation SignUp($input: RegisterTenantInput!) {
  registerTenant(input: $input) {
    tenant { id identifier status }
    bootstrap { accessToken clientId clientSecret }
    userErrors { code }
  }
}`;

const MAJORITY = { writeConcern: new mongo.WriteConcern('majority') };

/** Not timed: both contenders open their connections and warm their code. */
const WARM_UPS = 40;

/**
 * Registers tenants over HTTP and asks, with the token each was given, for its own client; against the bare driver
 * creating the same collections with the same documents (the tenant's record under the same unique indexes, its stamp
 * and its first client, each inserted by majority) and reading that client.
 */
export const signUp: Bench = { name: 'sign-up', run };

/** Milliseconds. */
interface Round {
  gatewayP50: number;
  gatewayP95: number;
  bareP50: number;
  bareP95: number;
}

async function run({ server, effort, say }: BenchContext) {
  await using gateway = await startGateway(server, say, { CONTROL_DATABASE: 'sign_up' });
  const client = await server.connect();
  try {
    const control = client.db('sign_up');
    // Of its own: documents of the bare driver are no tenants.
    const { db: bareControl } = await openControlDatabase(client, 'sign_up_bare');
    const model = await modelSignUp(gateway, client, control);
    const pair = async () => ({
      gateway: await timed(async () => send(gateway.port, globalAgent, firstQuery(await register(gateway)))),
      bare: await timedSignUp(client, bareControl, model),
    });
    for (let count = 0; count < WARM_UPS; count += 1) await pair();
    const rounds: Round[] = [];
    for (let round = 1; round <= effort.rounds; round += 1) {
      const samples: Record<'gateway' | 'bare', number>[] = [];
      for (let count = 0; count < effort.signUps; count += 1) samples.push(await pair());
      const of = (contender: 'gateway' | 'bare', share: number) =>
        quantile(
          samples.map((sample) => sample[contender]),
          share,
        );
      const figures: Round = {
        gatewayP50: of('gateway', 0.5),
        gatewayP95: of('gateway', 0.95),
        bareP50: of('bare', 0.5),
        bareP95: of('bare', 0.95),
      };
      rounds.push(figures);
      const { gatewayP50, gatewayP95, bareP50, bareP95 } = figures;
      say(
        `round ${round}: p50 ${gatewayP50.toFixed(1)} against ${bareP50.toFixed(1)} ms, ` +
          `p95 ${gatewayP95.toFixed(1)} against ${bareP95.toFixed(1)} ms`,
      );
    }
    const over = (figure: (round: Round) => number) => spreadOf(rounds.map(figure));
    return [
      { name: 'sign-up to first query p50', unit: 'ms', value: over((round) => round.gatewayP50) },
      { name: 'sign-up to first query p95', unit: 'ms', value: over((round) => round.gatewayP95) },
      { name: 'bare driver p50', unit: 'ms', value: over((round) => round.bareP50) },
      { name: 'bare driver p95', unit: 'ms', value: over((round) => round.bareP95) },
      {
        name: 'sign-up to first query / bare driver, p50',
        unit: 'x',
        value: over((round) => round.gatewayP50 / round.bareP50),
      },
      {
        name: 'sign-up to first query / bare driver, p95',
        unit: 'x',
        value: over((round) => round.gatewayP95 / round.bareP95),
        target: { is: 'at most' as const, limit: 2 },
      },
    ];
  } finally {
    await client.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

/** Signs a tenant up as anybody would. */
export async function register({ port }: Pick<BenchGateway, 'port'>): Promise<SignedUp> {
  const identifier = `s${randomBytes(8).toString('hex')}`;
  const { status, body } = await post(port, {
    query: MUTATION,
    variables: { input: { identifier, name: `Tenant ${identifier}` } },
  });
  const payload = (JSON.parse(body) as SignUpReply).data?.registerTenant;
  const isRight =
    status === 200 &&
    payload?.tenant?.identifier === identifier &&
    payload.tenant.status === 'ACTIVE' &&
    payload.bootstrap?.accessToken.split('.').length === 3 &&
    payload.userErrors.length === 0;
  if (!isRight || payload.tenant === null || payload.bootstrap === null) {
    throw new Error(`sign-up failed: ${status} ${body}`);
  }
  return { id: payload.tenant.id, identifier, ...payload.bootstrap };
}

/** The new administrator asks for its own client. */
function firstQuery({ identifier, clientId, accessToken }: SignedUp): CheckedRequest {
  return byIdQuery({ identifier, clientId, accessToken, name: 'Administrator' });
}

interface SignedUp {
  id: string;
  identifier: string;
  clientId: string;
  accessToken: string;
}

interface SignUpReply {
  data?: {
    registerTenant: {
      tenant: { id: string; identifier: string; status: string } | null;
      bootstrap: { accessToken: string; clientId: string } | null;
      userErrors: { code: string }[];
    };
  };
}

function post(port: number, body: object): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path: '/platform/graphql',
        method: 'POST',
        headers: { host: PUBLIC_HOST, 'content-type': 'application/json' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    outgoing.once('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}

/** The documents of a sign-up by collection: what the bare driver has to write. */
interface Model {
  record: mongo.Document;
  own: { collection: string; documents: mongo.Document[] }[];
}

async function modelSignUp(
  gateway: BenchGateway,
  client: mongo.MongoClient,
  control: mongo.Db,
): Promise<Model> {
  await register(gateway);
  const record = await control.collection('tenants').findOne({}, { sort: { createdAt: -1 } });
  const placement = record?.['placement'] as { database: string } | undefined;
  if (record === null || placement === undefined) throw new Error('the sign-up left no record');
  const database = client.db(placement.database);
  const names = (await database.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  const own = await Promise.all(
    names.map(async (collection) => ({
      collection,
      documents: await database.collection(collection).find().toArray(),
    })),
  );
  return { record, own };
}

async function timedSignUp(
  client: mongo.MongoClient,
  control: mongo.Db,
  { record, own }: Model,
): Promise<number> {
  const id = randomUUID();
  const name = `s${id.slice(0, 18)}`;
  const database = client.db(`bare_${id.replaceAll('-', '')}`, MAJORITY);
  const copy: mongo.Document = { ...record, _id: id, identifier: name, names: [name] };
  return timed(async () => {
    await control.collection('tenants').insertOne(copy);
    for (const { collection, documents } of own) {
      for (const document of documents) await database.collection(collection).insertOne({ ...document });
    }
    const client = own.find(({ collection }) => collection === 'clients')?.documents[0];
    const found = await database.collection('clients').findOne({ _id: client?.['_id'] as never });
    if (found?.['name'] !== client?.['name']) throw new Error('wrong document');
  });
}
