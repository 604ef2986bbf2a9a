import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Abort } from '../../src/lib/abort.ts';
import { FairQueue } from '../../src/lib/fair-queue.ts';

const NEVER = new Abort();
const OPTIONS = { maxInFlight: 8, maxWaiting: 100, maxWaitingPerLane: 50, maxWaitMs: 60_000 };

/** Fills the queue for a lane; what has to wait notes its name when it is let in. */
function flood(queue: FairQueue, lane: string, count: number, order: string[], group = 'main') {
  let entered = 0;
  for (let index = 0; index < count; index += 1) {
    const turn = queue.enter(lane, group, NEVER);
    if (turn === undefined) entered += 1;
    else void turn.then(() => order.push(lane));
  }
  return entered;
}

describe('a fair queue', () => {
  it('awaits nothing while there is room', () => {
    const queue = new FairQueue(OPTIONS);
    expect(flood(queue, 'acme', 8, [])).toBe(8);
    expect(queue.waitingCount).toBe(0);
    queue.leave('acme');
    expect(queue.enter('acme', 'main', NEVER)).toBeUndefined();
  });

  it('lets lanes in by turns, whoever came first', async () => {
    const queue = new FairQueue(OPTIONS);
    const order: string[] = [];
    flood(queue, 'acme', 20, order);
    flood(queue, 'globex', 2, order);
    expect(queue.waitingCount).toBe(14);
    // What acme holds beyond its share ends first; then its turns are as many as globex's.
    for (let left = 0; left < 6; left += 1) queue.leave('acme');
    await sleep(0);
    expect(order.filter((lane) => lane === 'globex')).toHaveLength(2);
    expect(order.filter((lane) => lane === 'acme').length).toBeLessThanOrEqual(4);
  });

  it('gives groups room of their own: one whose work never ends holds up no other', async () => {
    const queue = new FairQueue(OPTIONS);
    flood(queue, 'stuck', 30, [], 'stuck');
    expect(queue.enter('globex', 'main', NEVER)).toBeUndefined();
    expect(queue.enter('initech', 'main', NEVER)).toBeUndefined();
    const order: string[] = [];
    flood(queue, 'globex', 4, order);
    for (let left = 0; left < 4; left += 1) queue.leave('globex');
    await sleep(0);
    expect(order.length).toBeGreaterThan(0);
  });

  it('refuses more of one lane than may wait, and lets the others wait all the same', () => {
    const queue = new FairQueue({ ...OPTIONS, maxWaitingPerLane: 3 });
    flood(queue, 'acme', 8 + 3, []);
    expect(() => queue.enter('acme', 'main', NEVER)).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITED', retryAfterMs: 1_000 }),
    );
    expect(queue.enter('globex', 'main', NEVER)).toBeInstanceOf(Promise);
  });

  it('refuses everybody when too many wait in all', () => {
    const queue = new FairQueue({ ...OPTIONS, maxWaiting: 2 });
    flood(queue, 'acme', 8 + 2, []);
    expect(() => queue.enter('globex', 'main', NEVER)).toThrow(
      expect.objectContaining({ code: 'TENANT_UNAVAILABLE' }),
    );
  });

  it('forgets who hangs up, with the reason of their signal', async () => {
    const queue = new FairQueue(OPTIONS);
    flood(queue, 'acme', 8, []);
    const abort = new Abort();
    const turn = queue.enter('acme', 'main', abort);
    const order: string[] = [];
    void queue.enter('acme', 'main', NEVER)?.then(() => order.push('next'));
    abort.abort(new Error('hung up'));
    await expect(turn).rejects.toThrow('hung up');
    expect(queue.waitingCount).toBe(1);
    queue.leave('acme');
    await sleep(0);
    expect(order).toEqual(['next']);
  });

  it('gives no place to who is gone by the time they come, whether there is room or not', async () => {
    const queue = new FairQueue(OPTIONS);
    const gone = new Abort();
    gone.abort(new Error('hung up'));
    expect(() => queue.enter('globex', 'main', gone)).toThrow('hung up');
    // All the room is there for acme.
    expect(flood(queue, 'acme', 8, [])).toBe(8);
    for (const lane of ['acme', 'globex']) {
      expect(() => queue.enter(lane, 'main', gone)).toThrow('hung up');
    }
    expect(queue.waitingCount).toBe(0);
    const order: string[] = [];
    void queue.enter('globex', 'main', NEVER)?.then(() => order.push('globex'));
    for (let left = 0; left < 8; left += 1) queue.leave('acme');
    await sleep(0);
    expect(order).toEqual(['globex']);
  });

  it('refuses who has waited too long', async () => {
    const waited: number[] = [];
    const queue = new FairQueue({
      ...OPTIONS,
      maxInFlight: 1,
      maxWaitMs: 50,
      onWaited: (ms) => waited.push(ms),
    });
    flood(queue, 'acme', 1, []);
    // Room for one: it is never given back.
    await expect(queue.enter('acme', 'main', NEVER)).rejects.toMatchObject({ code: 'TENANT_UNAVAILABLE' });
    expect(waited[0]).toBeGreaterThanOrEqual(50);
    expect(queue.waitingCount).toBe(0);
  });
});
