import type { Bench, BenchContext } from '../bench.ts';
import { byIdQuery } from '../by-id-query.ts';
import { startProcess } from '../calls.ts';
import { CLIENT_NAME } from '../fleet.ts';
import { startGateway } from '../gateway.ts';
import { type CheckedRequest, httpLoad } from '../http-load.ts';
import type { RawHttpCalls } from '../raw-http.child.ts';
import { spreadOf } from '../spread.ts';

const CONNECTIONS = 32;

/** What a request costs beyond what it cannot do without: one tenant, against `node:http` and the bare driver. */
export const requestCost: Bench = { name: 'request-cost', run };

interface Contender {
  port: number;
  request: CheckedRequest;
  cpuMicros(): Promise<number>;
}

interface Cost {
  perSecond: number;
  cpuMicros: number;
}

interface Round {
  gateway: Cost;
  raw: Cost;
}

async function run({ server, effort, fleet, say }: BenchContext) {
  const [tenant] = await fleet();
  if (tenant === undefined) throw new Error('the fleet is empty');
  await using gateway = await startGateway(server, say);
  await using raw = await startProcess<RawHttpCalls>(
    new URL('../raw-http.child.ts', import.meta.url),
    { BENCH_URI: server.uri, BENCH_DATABASE: tenant.database },
    say,
  );
  const rawRequest: CheckedRequest = {
    method: 'GET',
    path: `/${tenant.clientId}`,
    headers: {},
    expectedBody: JSON.stringify({ clientId: tenant.clientId, name: CLIENT_NAME }),
  };
  const ours: Contender = {
    port: gateway.port,
    request: byIdQuery(tenant),
    cpuMicros: () => gateway.call('cpuMicros'),
  };
  const bare: Contender = {
    port: await raw.call('port'),
    request: rawRequest,
    cpuMicros: () => raw.call('cpuMicros'),
  };
  const measure = async ({ port, request, cpuMicros }: Contender): Promise<Cost> => {
    const before = await cpuMicros();
    const { perSecond, replies } = await httpLoad(port, [request], {
      connections: CONNECTIONS,
      ms: effort.loadMs,
    });
    return { perSecond, cpuMicros: ((await cpuMicros()) - before) / replies };
  };
  await measure(ours);
  await measure(bare);
  const rounds: Round[] = [];
  for (let round = 1; round <= effort.rounds; round += 1) {
    const figures = { gateway: await measure(ours), raw: await measure(bare) };
    rounds.push(figures);
    say(
      `round ${round}: gateway ${figures.gateway.perSecond.toFixed(0)} per second, ` +
        `raw ${figures.raw.perSecond.toFixed(0)} per second`,
    );
  }
  const over = (figure: (round: Round) => number) => spreadOf(rounds.map(figure));
  return [
    { name: 'gateway', unit: '/s', value: over(({ gateway }) => gateway.perSecond) },
    { name: 'node:http and the driver', unit: '/s', value: over(({ raw }) => raw.perSecond) },
    {
      name: 'gateway / node:http and the driver',
      unit: 'x',
      value: over(({ gateway, raw }) => gateway.perSecond / raw.perSecond),
    },
    { name: "gateway's processor time", unit: 'us', value: over(({ gateway }) => gateway.cpuMicros) },
    { name: "node:http's and the driver's", unit: 'us', value: over(({ raw }) => raw.cpuMicros) },
  ];
}
