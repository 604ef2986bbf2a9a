import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { graphql, type GraphQLReply } from '../support/request.ts';
import { foreignCanaries } from './same-ids/canaries.ts';
import { LogCheck } from './same-ids/log-check.ts';
import { openFleet } from './same-ids/open-fleet.ts';
import { type Caller, drawOperation } from './same-ids/operations.ts';
import { random, type Random } from './same-ids/random.ts';
import { soakSettings } from './same-ids/soak-settings.ts';
import type { World } from './same-ids/world.ts';

const TENANTS = 100;

/** Requests under way at once. */
const CALLERS = 40;

/** Far fewer shells than tenants, so that they come and go under the requests. */
const SHELLS = 8;

/** How often a request that was turned away is sent again, and after how long, in milliseconds. */
const RETRIES = 20;
const BACK_OFF_MS = 250;

/** How often a shell is taken away on top of that: one request in so many. */
const EVICT_EACH = 50;

/** Log lines are looked at, and the state told, after so many requests. */
const CHECK_EACH = 2_000;

const { requests, seed, isLong } = soakSettings();

let gateway: TestGateway;
let worlds: World[];

beforeAll(async () => {
  gateway = await startGateway({ SHELL_CAPACITY: String(SHELLS), REQUEST_DEADLINE_MS: '60000' });
  worlds = await openFleet(gateway, TENANTS);
  // What is told of their making names each of them, as it should.
  gateway.logs.length = 0;
}, 300_000);

afterAll(() => gateway[Symbol.asyncDispose](), 120_000);

/** By prefix, host or claim, whichever comes. */
function addressOf(at: World, { strayTo }: { strayTo?: World }, draw: Random) {
  const { identifier } = strayTo ?? at;
  const host = `${identifier}.gateway.test`;
  const path = `/t/${identifier}/graphql`;
  return draw.of(strayTo === undefined ? [{ path }, { host }, { path, host }, {}] : [{ path }, { host }]);
}

function isTurnedAway({ errors }: GraphQLReply): boolean {
  return errors?.[0]?.extensions.code === 'TENANT_UNAVAILABLE';
}

async function act(caller: Caller, logs: LogCheck): Promise<string[]> {
  const { world, random: draw } = caller;
  const operation = drawOperation(caller);
  const { query, variables, strayTo, check } = operation;
  const address = addressOf(world, operation, draw);
  if (draw.below(EVICT_EACH) === 0) void gateway.app.shells.evict(draw.of(worlds).record._id);
  const send = async () => {
    const reply = await graphql({ port: gateway.port, token: world.token, query, variables, ...address });
    const own = [world.identifier, ...(strayTo ? [strayTo.identifier] : [])];
    logs.allow(String(reply.headers['x-request-id']), own);
    return reply;
  };
  let reply = await send();
  // A machine with much else to do turns some away; they come back, as callers do.
  for (let again = 0; again < RETRIES && isTurnedAway(reply); again += 1) {
    await sleep(BACK_OFF_MS);
    reply = await send();
  }
  const wrong = check(reply);
  return [
    ...foreignCanaries(JSON.stringify(reply), world.identifier).map((canary) => `${canary} was answered`),
    ...(wrong === undefined ? [] : [wrong]),
  ].map((fault) => `${world.identifier} ${query} ${JSON.stringify(variables)}: ${fault}`);
}

test(
  `${requests} requests of ${TENANTS} tenants with the same object ids find nothing of another tenant (SOAK_SEED=${seed})`,
  { timeout: isLong ? 7_200_000 : 300_000 },
  async () => {
    const logs = new LogCheck(gateway.logs);
    const faults: string[] = [];
    const startedAtMs = performance.now();
    let sent = 0;
    const callers = Array.from({ length: CALLERS }, async (_unused, number) => {
      const draw = random(seed + number);
      for (let turn = 0; turn < requests / CALLERS && faults.length === 0; turn += 1) {
        const world = draw.of(worlds);
        const other = draw.of(worlds.filter((candidate) => candidate !== world));
        await sleep(draw.next() * 4);
        faults.push(...(await act({ world, other, random: draw, turn }, logs)));
        sent += 1;
        if (sent % CHECK_EACH !== 0) continue;
        faults.push(...logs.take());
        if (isLong) {
          const perSecond = Math.round(sent / ((performance.now() - startedAtMs) / 1_000));
          process.stderr.write(`${sent} of ${requests} requests, ${perSecond} a second\n`);
        }
      }
    });
    await Promise.all(callers);
    expect([...faults, ...logs.take()]).toEqual([]);
    expect(sent).toBe(requests);
    expect(gateway.app.shells.size).toBeLessThanOrEqual(SHELLS);
  },
);

test('a canary is found wherever it hides', () => {
  const hidden = Buffer.from('tag["canary007q first","id"]').toString('base64url');
  expect(foreignCanaries(JSON.stringify({ cursor: hidden }), 'canary001q')).toEqual(['canary007q']);
  expect(foreignCanaries('{"title":"canary001q canary002q"}', 'canary001q')).toEqual(['canary002q']);
  const logs = new LogCheck([{ requestId: 'a', identifier: 'canary001q' }, { msg: 'evicted canary003q' }]);
  logs.allow('a', ['canary001q']);
  expect(logs.take()).toEqual([expect.stringContaining('canary003q')]);
});
