import { expect, test, vi } from 'vitest';
import type { Exchange } from '../../src/http/exchange.ts';
import { OpenStream } from '../../src/http/open-stream.ts';
import { Abort } from '../../src/lib/abort.ts';
import { Gate } from '../../src/lib/gate.ts';

test('an event that waits for its turn has not begun: its time runs from there, and of a stream that ended it never does', async () => {
  const gate = new Gate(1);
  let leave: () => void = () => undefined;
  const busy = gate.run(() => new Promise<void>((resolve) => (leave = resolve)));
  const again = vi.fn(() => ({ abort: new Abort() }) as unknown as Exchange);
  const stream = () =>
    new OpenStream({
      opening: { abort: new Abort(), again, hangUp: () => undefined } as unknown as Exchange,
      admit: (exchange, work) => work(exchange),
      turn: (work) => gate.run(work),
      contextOf: () => ({}) as never,
      stillFits: () => undefined,
      onEvent: () => undefined,
      onClose: () => undefined,
    });
  const [one, other] = [stream(), stream()];
  const events = Promise.allSettled([one, other].map((each) => each.perEvent(() => Promise.resolve('sent'))));
  await new Promise(setImmediate);
  expect(again).not.toHaveBeenCalled();
  other.end(new Error('suspended'));
  leave();
  expect(await events).toEqual([
    { status: 'fulfilled', value: 'sent' },
    { status: 'rejected', reason: new Error('suspended') },
  ]);
  expect(again).toHaveBeenCalledTimes(1);
  await busy;
});
