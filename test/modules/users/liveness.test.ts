import { expect, test } from 'vitest';
import { generationOf } from '../../../src/auth/generation.ts';
import { isCallerLive } from '../../../src/modules/users/liveness.ts';
import type { Scope } from '../../../src/shell/scope.ts';

/** A node whose feed is up and has told nothing yet, in two tenants that have a user of one id. */
function node() {
  const open = () => {
    const stored = { _id: 'ada', status: 'ACTIVE', applicationTenant: null, tokensSince: new Date(1_000) };
    const shell = { caches: new WeakMap(), watch: () => ({ run: () => 1 }) };
    let reads = 0;
    const find = () => {
      reads += 1;
      return Promise.resolve([{ ...stored }]);
    };
    const accepts = (generation: string) =>
      isCallerLive({
        tenant: { id: 'a tenant' },
        principal: { kind: 'user', subject: 'ada', clientId: 'app', issuedAtMs: 0, generation },
        rows: 'ALL',
        shell,
        model: () => ({ find }),
      } as unknown as Scope);
    return { stored, accepts, reads: () => reads };
  };
  return { acme: open(), globex: open() };
}

const BEFORE = generationOf(new Date(1_000));
const AFTER = generationOf(new Date(2_000));

test('a token that another node issued right after a change counts before the change is told', async () => {
  const { acme, globex } = node();
  for (const tenant of [acme, globex]) expect(await tenant.accepts(BEFORE)).toBe(true);
  acme.stored.tokensSince = new Date(2_000);
  expect([await acme.accepts(AFTER), await acme.accepts(BEFORE)]).toEqual([true, false]);
  expect([await globex.accepts(AFTER), await globex.accepts(BEFORE)]).toEqual([false, true]);
});

test('what is of the generation that is remembered costs no read, whether it is accepted or not', async () => {
  const { acme } = node();
  acme.stored.status = 'SUSPENDED';
  for (let turn = 0; turn < 5; turn += 1) expect(await acme.accepts(BEFORE)).toBe(false);
  expect(acme.reads()).toBe(1);
});
