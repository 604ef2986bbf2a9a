import { randomBytes } from 'node:crypto';
import type { BareProviderCalls } from '../bare-provider.child.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { byIdQuery } from '../by-id-query.ts';
import { startProcess } from '../calls.ts';
import type { ClientLogin, FleetTenant } from '../fleet.ts';
import { PUBLIC_HOST, startGateway } from '../gateway.ts';
import { type CheckedRequest, httpLoad } from '../http-load.ts';
import { latencies } from '../latencies.ts';
import { sendOnce } from '../send-once.ts';
import { quantile, spreadOf } from '../spread.ts';

const CONNECTIONS = 8;

const KIB = 1_024;

/** Tenants served before anything is counted, so that what the code needs once is there. */
const WARM_UPS = 30;

/**
 * The identity provider of a tenant: client-credentials tokens beside the same library with one tenant and nothing
 * around it, what it publishes beside its tokens, and what one that has given a token costs the heap.
 */
export const sts: Bench = { name: 'sts', run };

interface Round {
  gateway: { perSecond: number; p50Ms: number };
  bare: { perSecond: number; p50Ms: number };
  discoveryPerSecond: number;
  keysPerSecond: number;
}

async function run(context: BenchContext) {
  const rounds = await rates(context);
  const heap = await heapPerProvider(context);
  const over = (figure: (round: Round) => number) => spreadOf(rounds.map(figure));
  const atLeast = (limit: number) => ({ is: 'at least' as const, limit });
  return [
    { name: 'tokens', unit: '/s', value: over(({ gateway }) => gateway.perSecond) },
    { name: 'tokens of a bare provider', unit: '/s', value: over(({ bare }) => bare.perSecond) },
    {
      name: 'tokens / those of a bare provider',
      unit: '',
      value: over(({ gateway, bare }) => gateway.perSecond / bare.perSecond),
      target: atLeast(0.85),
    },
    {
      name: 'p50 of a bare provider / p50',
      unit: '',
      value: over(({ gateway, bare }) => bare.p50Ms / gateway.p50Ms),
      target: atLeast(0.85),
    },
    {
      name: 'discovery / tokens',
      unit: '',
      value: over(({ discoveryPerSecond, gateway }) => discoveryPerSecond / gateway.perSecond),
      target: atLeast(5),
    },
    {
      name: 'keys / tokens',
      unit: '',
      value: over(({ keysPerSecond, gateway }) => keysPerSecond / gateway.perSecond),
      target: atLeast(5),
    },
    {
      name: 'heap per provider that gave a token',
      unit: 'KiB',
      value: spreadOf(heap.map((bytes) => bytes / KIB)),
      target: { is: 'at most' as const, limit: 100 },
    },
  ];
}

async function rates({ server, effort, fleet, say }: BenchContext): Promise<Round[]> {
  const [tenant] = await fleet();
  if (tenant === undefined) throw new Error('the fleet is empty');
  const secret = randomBytes(32).toString('base64url');
  const { identifier, login } = tenant;
  await using gateway = await startGateway(server, say);
  await using bare = await startProcess<BareProviderCalls>(
    new URL('../bare-provider.child.ts', import.meta.url),
    { BENCH_SECRET: secret },
    say,
  );
  const barePort = await bare.call('port');
  const ours = tokenRequest(`/t/${identifier}/oauth/token`, login);
  const theirs = tokenRequest('/token', { clientId: 'bare', clientSecret: secret });
  const load = { connections: CONNECTIONS, ms: effort.loadMs };
  const measure = async (port: number, request: CheckedRequest) => {
    const { perSecond } = await httpLoad(port, [request], load);
    const { times, wrong } = await latencies(port, request, load);
    if (wrong > 0) throw new Error(`${wrong} wrong replies for ${request.path}`);
    return { perSecond, p50Ms: quantile(times, 0.5) };
  };
  const published = async (path: string) => {
    const { perSecond } = await httpLoad(gateway.port, [publishedRequest(`/t/${identifier}${path}`)], load);
    return perSecond;
  };
  await sendOnce(gateway.port, [ours]);
  await sendOnce(barePort, [theirs]);
  await measure(gateway.port, ours);
  await measure(barePort, theirs);
  const rounds: Round[] = [];
  for (let round = 1; round <= effort.rounds; round += 1) {
    const figures = {
      gateway: await measure(gateway.port, ours),
      bare: await measure(barePort, theirs),
      discoveryPerSecond: await published('/.well-known/openid-configuration'),
      keysPerSecond: await published('/oauth/jwks'),
    };
    rounds.push(figures);
    const told = ({ perSecond, p50Ms }: Round['gateway']) =>
      `${perSecond.toFixed(0)} per second, p50 ${p50Ms.toFixed(2)} ms`;
    say(
      `round ${round}: gateway ${told(figures.gateway)}; bare ${told(figures.bare)}; discovery ` +
        `${figures.discoveryPerSecond.toFixed(0)}, keys ${figures.keysPerSecond.toFixed(0)} per second`,
    );
  }
  return rounds;
}

async function heapPerProvider({ server, effort, fleet, say }: BenchContext): Promise<number[]> {
  const tenants = await fleet();
  const served = tenants.slice(WARM_UPS);
  const token = ({ identifier, login }: FleetTenant) => tokenRequest(`/t/${identifier}/oauth/token`, login);
  const rounds: number[] = [];
  for (let round = 1; round <= effort.rounds; round += 1) {
    await using gateway = await startGateway(server, say);
    for (let count = 0; count < 5; count += 1)
      await sendOnce(gateway.port, tenants.slice(0, WARM_UPS).map(token));
    await sendOnce(gateway.port, served.map(byIdQuery));
    const before = await gateway.call('heapBytes');
    await sendOnce(gateway.port, served.map(token));
    const bytes = ((await gateway.call('heapBytes')) - before) / served.length;
    rounds.push(bytes);
    say(`round ${round}: ${(bytes / KIB).toFixed(1)} KiB for each of ${served.length} providers`);
  }
  return rounds;
}

function tokenRequest(path: string, { clientId, clientSecret }: ClientLogin): CheckedRequest {
  return {
    method: 'POST',
    path,
    headers: {
      host: PUBLIC_HOST,
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    },
    body: 'grant_type=client_credentials&scope=tenant%3Aread',
    expectedBody: /"access_token":"eyJ[\w-]+\.[\w-]+\.[\w-]+".*"token_type":"Bearer"/,
  };
}

function publishedRequest(path: string): CheckedRequest {
  return { method: 'GET', path, headers: { host: PUBLIC_HOST }, expectedBody: /^\{"/ };
}
