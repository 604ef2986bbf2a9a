import { describe, expect, it } from 'vitest';
import { Abort } from '../../src/lib/abort.ts';

describe('an end of work', () => {
  it('is told once, with the first reason, to whoever still listens', () => {
    const abort = new Abort();
    const told: unknown[] = [];
    abort.onAbort((reason) => told.push(['stays', reason]));
    const stop = abort.onAbort((reason) => told.push(['leaves', reason]));
    stop();
    expect([abort.isAborted, abort.reason]).toEqual([false, undefined]);
    expect(() => abort.throwIfAborted()).not.toThrow();
    abort.abort(new Error('first'));
    abort.abort(new Error('second'));
    expect(told).toEqual([['stays', new Error('first')]]);
    expect([abort.isAborted, abort.reason]).toEqual([true, new Error('first')]);
    expect(() => abort.throwIfAborted()).toThrow('first');
  });

  it('may end who listens while it is told', () => {
    const abort = new Abort();
    const told: string[] = [];
    abort.onAbort(() => void stop());
    const stop = abort.onAbort(() => told.push('second'));
    abort.onAbort(() => told.push('third'));
    abort.abort('now');
    expect(told).toEqual(['third']);
  });

  it('is told later to who comes late, and never once that one has left', async () => {
    const abort = new Abort();
    abort.abort('over');
    const told: unknown[] = [];
    abort.onAbort((reason) => told.push(reason));
    const leave = abort.onAbort((reason) => told.push(['left', reason]));
    leave();
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual(['over']);
  });

  it('has a signal like any other, asked for before or after', () => {
    const before = new Abort();
    const { signal } = before;
    expect(signal.aborted).toBe(false);
    before.abort(new Error('x'));
    const after = new Abort();
    after.abort(new Error('x'));
    for (const one of [signal, after.signal]) {
      expect([one.aborted, one.reason]).toEqual([true, new Error('x')]);
    }
    expect(before.signal).toBe(signal);
  });
});
