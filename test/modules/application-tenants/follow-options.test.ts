import { afterAll, beforeAll, expect, test } from 'vitest';
import { followCallerOptions } from '../../../src/modules/application-tenants/standing.ts';
import { type Home, HOMES } from '../../../src/mongo/homes.ts';
import type { Follower } from '../../../src/mongo/cluster-feed.ts';
import { type BenchTenant, type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { scopeWith } from '../../support/scope-with.ts';

let bench: ModuleBench;

beforeAll(async () => {
  bench = await openModuleBench(['application-tenants'], ['north']);
});

afterAll(() => bench?.[Symbol.asyncDispose]());

const paint = ({ db }: BenchTenant, primaryColor: string) =>
  db.collection<Home>(HOMES).updateOne({ _id: 'north' }, { $set: { settings: { theme: { primaryColor } } } });

/** Follows the options of a caller of `north`; `meanwhile` happens right before nothing is missed any more. */
async function follow(tenant: BenchTenant, meanwhile: (follower: Follower) => Promise<unknown>) {
  const told: string[] = [];
  const scope = await tenant.scope({ applicationTenant: 'north' });
  const shell = {
    ...scope.shell,
    follow: async (_watched: unknown, follower: Follower) => {
      await meanwhile(follower);
      return () => void told.push('stopped');
    },
  };
  const stop = await followCallerOptions(scopeWith(scope, { shell }), {
    onChange: () => void told.push('changed'),
    onGap: () => void told.push('gap'),
  });
  return { told, stop };
}

test('a change between the look at the options and the following of them is told, once', async () => {
  const { acme, globex } = bench;
  for (const tenant of [acme, globex]) await paint(tenant, '#111111');
  expect((await follow(acme, () => paint(globex, '#222222'))).told).toEqual([]);
  expect((await follow(globex, () => paint(globex, '#333333'))).told).toEqual(['changed']);
  const settings = { theme: { primaryColor: '#444444' } };
  const change = { kind: 'update', id: 'north', set: { settings }, now: { settings } } as const;
  const both = await follow(acme, async (follower) => {
    await paint(acme, '#444444');
    follower.onChange(change);
    follower.onChange(change);
  });
  expect(both.told).toEqual(['changed']);
  both.stop();
  expect(both.told).toEqual(['changed', 'stopped']);
});
