import { expect, test } from 'vitest';
import { callersOf } from '../../src/http/callers.ts';
import type { Module } from '../../src/modules/module.ts';
import type { Scope } from '../../src/shell/scope.ts';

/** A module, as far as it follows what its callers have set. */
function following(followCallerOptions: Module['followCallerOptions']): Module {
  return { followCallerOptions } as Module;
}

const follower = { onChange: () => undefined, onGap: () => undefined };

test('where one module cannot follow the options of a caller, no other goes on doing so', async () => {
  const stopped: string[] = [];
  const { followOptions } = callersOf([
    following(() => Promise.reject(new Error('the change stream is down'))),
    following(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return () => void stopped.push('late');
    }),
    following(() => Promise.resolve(() => void stopped.push('soon'))),
  ]);
  await expect(followOptions({} as Scope, follower)).rejects.toThrow('the change stream is down');
  expect(stopped.sort()).toEqual(['late', 'soon']);
});

test('what ends the following ends it in every module', async () => {
  const stopped: string[] = [];
  const { followOptions } = callersOf(
    ['one', 'other'].map((name) => following(() => Promise.resolve(() => void stopped.push(name)))),
  );
  const stop = await followOptions({} as Scope, follower);
  expect(stopped).toEqual([]);
  stop();
  expect(stopped).toEqual(['one', 'other']);
});
