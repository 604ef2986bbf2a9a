import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Backoff } from '../../src/lib/backoff.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('what fails again and again waits longer each time, up to a limit, and keeps nobody else waiting', () => {
  const backoff = new Backoff({ firstMs: 100, longestMs: 400 });
  for (const pauseMs of [100, 200, 400, 400]) {
    backoff.failed('acme');
    expect([backoff.isDue('acme'), backoff.isDue('globex')]).toEqual([false, true]);
    vi.advanceTimersByTime(pauseMs - 1);
    expect([backoff.isDue('acme'), backoff.waiting()]).toEqual([false, ['acme']]);
    vi.advanceTimersByTime(1);
    expect([backoff.isDue('acme'), backoff.waiting()]).toEqual([true, []]);
  }
});

test('what succeeds starts anew', () => {
  const backoff = new Backoff({ firstMs: 100, longestMs: 400 });
  backoff.failed('acme');
  backoff.failed('acme');
  backoff.succeeded('acme');
  expect(backoff.isDue('acme')).toBe(true);
  backoff.failed('acme');
  vi.advanceTimersByTime(100);
  expect(backoff.isDue('acme')).toBe(true);
});
