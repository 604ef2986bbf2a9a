import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchContext, Figure } from '../bench.ts';
import { byIdQuery } from '../by-id-query.ts';
import { withClients } from '../fleet.ts';
import { type BenchGateway, startGateway } from '../gateway.ts';
import type { CheckedRequest } from '../http-load.ts';
import { isRight, served, typed } from '../judged-answers.ts';
import { type Answer, startPacedLoad } from '../paced-load.ts';
import { startServer } from '../server.ts';
import { quantile, spreadOf } from '../spread.ts';

/** Tenants on each of the two clusters. */
const TENANTS = 10;

/** Requests per second to the tenants that stay and to those whose cluster falls silent: well below what is possible. */
const OTHERS_PER_SECOND = 100;
const SILENT_PER_SECOND = 25;

/** Of each request, in milliseconds; shorter than the driver waits by itself, so that this is what is measured. */
const DEADLINE_MS = 2_500;

/** Longest a circuit may take to open or a cluster to be back before the bench gives up, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Of the load of other benches: a 99th percentile takes requests, and the pace is slow. */
const LONGER = 2;

/** How long its tenants are watched once they are served again, in milliseconds. */
const AFTERWARDS_MS = 1_000;

/**
 * One of two clusters falls silent (its server is stopped by a signal, so that connections stay open): what its tenants
 * are answered, how soon, what tenants of the other cluster notice, and how soon all is well when it is back.
 */
export const faults: Bench = { name: 'faults', run };

interface Round {
  earlierMs: number;
  othersMs: number;
  /** Until requests are refused at once. */
  openedAfterMs: number;
  slowestBeforeMs: number;
  slowestOnceOpenMs: number;
  p99OnceOpenMs: number;
  firstRightMs: number;
  lastRefusedMs: number;
}

async function run({ server, effort, say }: BenchContext): Promise<Figure[]> {
  await using second = await startServer(say);
  // A platform of its own: the second cluster is gone when other benches register tenants.
  await using gateway = await startGateway(server, say, {
    CONTROL_DATABASE: 'faults',
    REQUEST_DEADLINE_MS: String(DEADLINE_MS),
  });
  await gateway.call('addCluster', 'second', second.uri);
  const ofFirst = await gateway.call('registerMany', 'faults-first', TENANTS);
  const ofSecond = await gateway.call('registerMany', 'faults-second', TENANTS, 'second');
  const others = (await withClients(server, ofFirst)).map((tenant) => byIdQuery(tenant));
  const silent = (await withClients(second, ofSecond)).map((tenant) => byIdQuery(tenant));

  const scene: Scene = { others, silent, pid: second.pid, ms: LONGER * effort.loadMs };
  const rounds: Round[] = [];
  // Not counted: shells open and code is compiled.
  await measure(gateway, scene);
  for (let round = 1; round <= effort.rounds; round += 1) {
    const figures = await measure(gateway, scene);
    rounds.push(figures);
    const { openedAfterMs, slowestBeforeMs, slowestOnceOpenMs, earlierMs, othersMs, firstRightMs } = figures;
    say(
      `round ${round}: open after ${openedAfterMs.toFixed(0)} ms, slowest answer ${slowestBeforeMs.toFixed(0)} ms ` +
        `before and ${slowestOnceOpenMs.toFixed(0)} ms since; others' p99 ${earlierMs.toFixed(1)} ms before, ` +
        `${othersMs.toFixed(1)} ms meanwhile; back after ${firstRightMs.toFixed(0)} ms`,
    );
  }
  const figure = (name: string, unit: string, of: (round: Round) => number, limit?: number): Figure => ({
    ...{ name, unit, value: spreadOf(rounds.map(of)) },
    ...(limit === undefined ? {} : { target: { is: 'at most' as const, limit } }),
  });
  return [
    figure('circuit open after', 'ms', (round) => round.openedAfterMs),
    figure(
      'slowest answer of a silent cluster before',
      'ms',
      (round) => round.slowestBeforeMs,
      DEADLINE_MS + 250,
    ),
    figure('slowest answer once it is open', 'ms', (round) => round.slowestOnceOpenMs, 250),
    figure('p99 of these', 'ms', (round) => round.p99OnceOpenMs),
    figure('p99 of other tenants before', 'ms', (round) => round.earlierMs),
    figure('p99 of other tenants meanwhile', 'ms', (round) => round.othersMs),
    figure('meanwhile / before', 'x', (round) => round.othersMs / round.earlierMs, 1.2),
    figure('first right answer after it is back', 'ms', (round) => round.firstRightMs, 2_000),
    figure('last refusal after it is back', 'ms', (round) => round.lastRefusedMs),
  ];
}

interface Scene {
  others: readonly CheckedRequest[];
  silent: readonly CheckedRequest[];
  /** The server of the cluster that falls silent. */
  pid: number;
  ms: number;
}

async function measure(gateway: BenchGateway, { others, silent, pid, ms }: Scene): Promise<Round> {
  const { port } = gateway;
  // All along, so that before and meanwhile differ by nothing but the silence.
  const theirs = startPacedLoad(port, silent, SILENT_PER_SECOND);
  await until(() => theirs.answers.length >= SILENT_PER_SECOND);
  const earlier = startPacedLoad(port, others, OTHERS_PER_SECOND);
  await sleep(ms);
  const earlierTimes = timesOf(served(await earlier.stop()));
  const meanwhile = startPacedLoad(port, others, OTHERS_PER_SECOND);
  const stoppedAtMs = performance.now();
  process.kill(pid, 'SIGSTOP');
  try {
    await until(async () => (await gateway.call('openCircuits')) > 0);
    const openedAtMs = performance.now();
    await sleep(ms);
    const othersTimes = timesOf(served(await meanwhile.stop()));
    const refusedUntilMs = performance.now();
    process.kill(pid, 'SIGCONT');
    const isBack = ({ sentAtMs, status }: Answer) => sentAtMs > refusedUntilMs && status === 200;
    await until(() => theirs.answers.some(isBack));
    await sleep(AFTERWARDS_MS);
    const answers = await theirs.stop();
    const refused = typed(answers.filter((answer) => !isRight(answer)));
    const before = answers.filter(({ sentAtMs }) => sentAtMs > stoppedAtMs && sentAtMs < openedAtMs);
    const onceOpen = refused.filter(({ sentAtMs }) => sentAtMs > openedAtMs && sentAtMs < refusedUntilMs);
    const answeredAtMs = ({ sentAtMs, ms: tookMs }: Answer) => sentAtMs + tookMs;
    const back = answers.filter((answer) => isRight(answer) && answeredAtMs(answer) > refusedUntilMs);
    const refusedSince = refused.filter((answer) => answeredAtMs(answer) > refusedUntilMs);
    return {
      earlierMs: quantile(earlierTimes, 0.99),
      othersMs: quantile(othersTimes, 0.99),
      openedAfterMs: openedAtMs - stoppedAtMs,
      slowestBeforeMs: Math.max(...timesOf(before)),
      slowestOnceOpenMs: Math.max(...timesOf(onceOpen)),
      p99OnceOpenMs: quantile(timesOf(onceOpen), 0.99),
      firstRightMs: Math.min(...back.map(answeredAtMs)) - refusedUntilMs,
      lastRefusedMs: Math.max(0, ...refusedSince.map((answer) => answeredAtMs(answer) - refusedUntilMs)),
    };
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const giveUpAt = performance.now() + PATIENCE_MS; !(await isSo()); await sleep(10)) {
    if (performance.now() > giveUpAt) throw new Error('waited in vain');
  }
}

function timesOf(answers: readonly Answer[]): number[] {
  return answers.map(({ ms }) => ms);
}
