import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Bench, type BenchContext, type Figure, FULL, QUICK } from './bench.ts';
import { fairness } from './benches/fairness.ts';
import { faults } from './benches/faults.ts';
import { fleetMigration } from './benches/fleet-migration.ts';
import { heap } from './benches/heap.ts';
import { namespaces } from './benches/namespaces.ts';
import { requestCost } from './benches/request-cost.ts';
import { rotation } from './benches/rotation.ts';
import { signIn } from './benches/sign-in.ts';
import { signUp } from './benches/sign-up.ts';
import { sockets } from './benches/sockets.ts';
import { sts } from './benches/sts.ts';
import { startUp } from './benches/start-up.ts';
import { throughput } from './benches/throughput.ts';
import { type Fleet, registerFleet } from './fleet.ts';
import { isKept, table } from './report.ts';
import { startServer } from './server.ts';

const BENCHES: readonly Bench[] = [
  signUp,
  namespaces,
  heap,
  sockets,
  throughput,
  requestCost,
  fairness,
  faults,
  sts,
  signIn,
  startUp,
  rotation,
  fleetMigration,
];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const unknown = options.only?.find((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown !== undefined) {
  process.stderr.write(
    `There is no bench ${unknown}; there are ${BENCHES.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(64);
}

const chosen = BENCHES.filter(({ name }) => options.only?.includes(name) ?? true);
const effort = options.quick ? QUICK : FULL;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function run(): Promise<{ bench: string; figures: Figure[] }[]> {
  await using server = await startServer(say);
  let fleet: Promise<Fleet> | undefined;
  const results: { bench: string; figures: Figure[] }[] = [];
  for (const { name, run } of chosen) {
    const tell = (line: string) => say(`${name}: ${line}`);
    const context: BenchContext = {
      server,
      effort,
      fleet: () => (fleet ??= registerFleet(server, effort.tenants, tell)),
      say: tell,
    };
    results.push({ bench: name, figures: await run(context) });
  }
  return results;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const results = await run();
const machine = `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} processors`;
process.stdout.write(
  options.json
    ? `${JSON.stringify({ machine, isQuick: options.quick, results: judged(results) }, undefined, 2)}\n`
    : `${table(results)}\n${machine}${options.quick ? '; a quick run, too short to judge by' : ''}\n`,
);

function judged(all: typeof results): object[] {
  return all.map(({ bench, figures }) => ({
    bench,
    figures: figures.map((figure) => ({ ...figure, isKept: isKept(figure) })),
  }));
}
