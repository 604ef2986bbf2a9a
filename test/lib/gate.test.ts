import { expect, test } from 'vitest';
import { Gate } from '../../src/lib/gate.ts';

test('lets so many through at once, the others in the order they came, whatever becomes of those inside', async () => {
  const gate = new Gate(2);
  const leave: (() => void)[] = [];
  const entered: number[] = [];
  const runs = Array.from({ length: 4 }, (_unused, index) =>
    gate.run(async () => {
      entered.push(index);
      await new Promise<void>((resolve) => leave.push(resolve));
      if (index === 0) throw new Error('failed inside');
      return index;
    }),
  );
  const settled = Promise.allSettled(runs);
  await expect.poll(() => entered).toEqual([0, 1]);
  leave[0]?.();
  await expect.poll(() => entered).toEqual([0, 1, 2]);
  leave[2]?.();
  await expect.poll(() => entered).toEqual([0, 1, 2, 3]);
  leave[1]?.();
  leave[3]?.();
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', ...Array(3).fill('fulfilled')]);
  expect(await gate.run(() => Promise.resolve('free again'))).toBe('free again');
});
