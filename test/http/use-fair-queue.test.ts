import { expect, test } from 'vitest';
import { Abort } from '../../src/lib/abort.ts';
import type { Exchange } from '../../src/http/exchange.ts';
import { useFairQueue } from '../../src/http/use-fair-queue.ts';
import { FairQueue } from '../../src/lib/fair-queue.ts';

/** A request of a tenant, as far as the stage looks at it. */
function requestOf(id: string, cluster: string): Exchange {
  const placement = { cluster, sealedConnectionString: null };
  return { tenant: { id, placement }, abort: new Abort() } as unknown as Exchange;
}

const instantly = () => Promise.resolve();

test('who is refused at once does not wait behind those that came before their cluster fell silent', async () => {
  const queue = new FairQueue({ maxInFlight: 1, maxWaiting: 10, maxWaitingPerLane: 10, maxWaitMs: 60_000 });
  let isSilent = false;
  const stage = useFairQueue(queue, ({ placement }) => isSilent && placement.cluster === 'first');
  let answer = (): void => undefined;
  const stuck = stage(requestOf('acme', 'first'), () => new Promise((resolve) => (answer = resolve)));
  let isLet = false;
  const behind = stage(requestOf('acme', 'first'), async () => void (isLet = true));
  isSilent = true;
  await stage(requestOf('acme', 'first'), instantly);
  await stage(requestOf('globex', 'first'), instantly);
  await stage(requestOf('initech', 'second'), instantly);
  expect([isLet, queue.waitingCount]).toEqual([false, 1]);
  isSilent = false;
  answer();
  await Promise.all([stuck, behind]);
  expect([isLet, queue.waitingCount]).toEqual([true, 0]);
  await stage(requestOf('globex', 'first'), instantly);
});

test('clusters that are silent share one group, however many: the others keep their room', async () => {
  const queue = new FairQueue({ maxInFlight: 8, maxWaiting: 10, maxWaitingPerLane: 10, maxWaitMs: 60_000 });
  const stage = useFairQueue(queue, ({ placement }) => placement.cluster !== 'sound');
  for (const cluster of ['one', 'two', 'three']) await stage(requestOf(`of ${cluster}`, cluster), instantly);
  const answers: (() => void)[] = [];
  const served = ['acme', 'globex'].flatMap((id) =>
    [1, 2].map(() => stage(requestOf(id, 'sound'), () => new Promise((resolve) => answers.push(resolve)))),
  );
  // Half of eight, which is their room beside one group.
  expect([answers.length, queue.waitingCount]).toEqual([4, 0]);
  for (const answer of answers) answer();
  await Promise.all(served);
});
