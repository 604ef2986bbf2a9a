import { randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommonClock, MAX_CLOCK_OFFSET_MS } from '../../src/control-plane/common-clock.ts';
import { createSweeper, type SweeperOptions } from '../../src/control-plane/sweeper.ts';
import { commandLine } from '../scripts/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { forge, privateKeyOf, soundToken } from '../support/forged-token.ts';
import { type GatewayProcess, gatewayProcess } from '../support/gateway-process.ts';
import { MASTER_KEY, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { register, visit } from '../support/platform.ts';
import { send } from '../support/request.ts';
import { clientCredentials, type ClientLogin } from '../support/sts.ts';

const SHIFT_MS = 300_000;
const preload = (shiftMs: number) => ({
  CLOCK_SHIFT_MS: String(shiftMs),
  NODE_OPTIONS: `--import ${new URL('../support/shifted-clock.mjs', import.meta.url).href}`,
});

/** Right all the time. */
let here: TestGateway;
/** Its clock is five minutes slow from the start. */
let slow: GatewayProcess;
/** Its clock is right at the start and is then set five minutes fast. */
let fast: GatewayProcess;
let env: Record<string, string>;
let logins: Record<'acme' | 'globex', ClientLogin>;
let tenants: Record<'acme' | 'globex', TestTenant>;

const names = ['acme', 'globex'] as const;

beforeAll(async () => {
  env = {
    CONTROL_DATABASE: `test_${randomBytes(6).toString('hex')}`,
    PUBLIC_URL: 'http://gateway.test',
    BASE_DOMAIN: 'gateway.test',
    MASTER_KEY: MASTER_KEY.toString('base64'),
  };
  const { MASTER_KEY: _own, ...shared } = env;
  here = await startGateway(shared);
  slow = await gatewayProcess(env);
  fast = await gatewayProcess(env);
  slow.launch({ ...preload(-SHIFT_MS), CLOCK_STARTS_OFF: 'yes' });
  await fast.start(preload(SHIFT_MS));
  const made = await Promise.all(names.map((name) => register(here, { identifier: name, name })));
  logins = { acme: made[0]!.bootstrap!, globex: made[1]!.bootstrap! };
  const records = await here.app.platform.control.tenants.find({});
  const tenant = (name: string) =>
    ({ record: records.find(({ identifier }) => identifier === name)! }) as TestTenant;
  tenants = { acme: tenant('acme'), globex: tenant('globex') };
}, 120_000);

afterAll(async () => {
  await fast?.[Symbol.asyncDispose]();
  await slow?.[Symbol.asyncDispose]();
  await here?.[Symbol.asyncDispose]();
});

/** A token of a tenant that ends so many seconds from now; issued now, which is after its client was made. */
function token(name: 'acme' | 'globex', endsInSeconds: number): string {
  const { header, claims } = soundToken(tenants[name]);
  const exp = (claims['iat'] as number) + endsInSeconds;
  const scope = 'tenant:read clients:read';
  return forge(header, { ...claims, scope, exp }, privateKeyOf(here, tenants[name]));
}

async function status(node: { port: number }, path: string): Promise<number | undefined> {
  return (await send({ port: node.port, method: 'GET', path })).status;
}

async function offsetSecondsOf({ adminPort }: GatewayProcess): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  return Number(/^gateway_clock_offset_seconds (.+)$/m.exec(text)?.[1]);
}

/** A node that is off accepts nothing, issues nothing, and calls nothing of it invalid. */
async function expectOutOfService(node: GatewayProcess): Promise<void> {
  expect([await status(node, '/healthz'), await status(node, '/readyz')]).toEqual([200, 503]);
  for (const name of names) {
    for (const endsInSeconds of [-290, -60, -10, 60, 290]) {
      expect(await visit(node, name, token(name, endsInSeconds))).toBe('TENANT_UNAVAILABLE');
    }
    const reply = await clientCredentials(node as unknown as TestGateway, name, logins[name]);
    expect([reply.status, reply.body.error]).toEqual([503, 'temporarily_unavailable']);
    expect(reply.headers['retry-after']).toBeDefined();
    expect(await status(node, `/t/${name}/oauth/auth?client_id=x`)).toBe(503);
  }
  const late = await register(node, { identifier: 'late', name: 'Late' });
  expect([late.code, late.bootstrap]).toEqual(['TENANT_UNAVAILABLE', null]);
}

/** A node that is in time decides by the time all have in common. */
async function expectInService(node: { port: number }): Promise<void> {
  for (const name of names) {
    const other = name === 'acme' ? 'globex' : 'acme';
    expect(await visit(node, name, token(name, 60))).toBe(name);
    expect(await visit(node, name, token(name, -60))).toBe('UNAUTHENTICATED');
    expect(await visit(node, other, token(name, 60))).toBe('TENANT_MISMATCH');
    const issued = await clientCredentials(node as TestGateway, name, logins[name]);
    expect(await visit(here, name, issued.body.access_token)).toBe(name);
  }
}

describe('clocks five minutes apart', () => {
  test('a node that starts with a slow clock does not go into service', async () => {
    await eventually(async () => expect(await status(slow, '/healthz')).toBe(200), 45_000);
    await expectOutOfService(slow);
    await eventually(() => expect(slow.output).toContain('clock_off'));
    expect(Math.round((await offsetSecondsOf(slow)) / 10)).toBe(-SHIFT_MS / 10_000);
  });

  test('one whose clock is set fast leaves it, and nobody else notices', async () => {
    await expectInService(fast);
    fast.signal('SIGUSR2');
    await eventually(async () => expect(await status(fast, '/readyz')).toBe(503));
    await expectOutOfService(fast);
    await eventually(() => expect(fast.output).toContain('clock_off'));
    expect(Math.round((await offsetSecondsOf(fast)) / 10)).toBe(SHIFT_MS / 10_000);
    await expectInService(here);
  });

  test('both go into service once their clocks are right', async () => {
    for (const node of [slow, fast]) {
      node.signal('SIGUSR2');
      await eventually(async () => expect(await status(node, '/readyz')).toBe(200));
      await expectInService(node);
      await eventually(() => expect(node.output).toContain('clock_right'));
    }
  });

  test('a token of the command line is dated by the clock all have in common', async () => {
    const cli = commandLine(process.cwd());
    Object.assign(cli.env, env);
    const ran = await cli.run(['token', 'acme', '--json'], { ...preload(SHIFT_MS), CLOCK_STARTS_OFF: 'yes' });
    expect(ran).toMatchObject({ code: 0 });
    const { token: minted } = JSON.parse(ran.stdout) as { token: string };
    expect(Math.abs(decodeJwt(minted).iat! * 1_000 - Date.now())).toBeLessThan(SHIFT_MS / 2);
    expect(await visit(here, 'acme', minted)).toBe('acme');
  });
});

test('nothing is dropped because its time is up while the clock that says so is off', async () => {
  const overdue = tenants.acme.record;
  const find = (filter: object) => Promise.resolve('deletion.dueAt' in filter ? [overdue] : []);
  let isInTime = false;
  let looks = 0;
  const carriedOn: string[] = [];
  const sweeper = createSweeper({
    control: { tenants: { find } },
    provisioning: {},
    deletions: { carryOn: (id: string) => Promise.resolve(void carriedOn.push(id)) },
    isInTime: () => {
      looks += 1;
      return isInTime;
    },
  } as unknown as SweeperOptions);
  sweeper.start();
  await eventually(() => expect(looks).toBeGreaterThan(1));
  expect(carriedOn).toEqual([]);
  isInTime = true;
  await eventually(() => expect(carriedOn).toEqual([overdue._id]));
  await sweeper[Symbol.asyncDispose]();
});

describe('the common clock', () => {
  let wall = 1_000_000;
  let monotonic = 0;
  const newClock = () => new CommonClock({ wall: () => wall, monotonic: () => monotonic });
  let clock = newClock();
  const beat = (at: number, tookMs = 0) => {
    const sent = { monotonicMs: monotonic, wallMs: wall, at: new Date(at) };
    monotonic += tookMs;
    wall += tookMs;
    clock.read({ ...sent, answeredMonotonicMs: monotonic });
  };

  test('is its own until the first beat', () => {
    expect([clock.now(), clock.offsetMs, clock.isInTime]).toEqual([wall, 0, true]);
  });

  test('goes on by itself, and notices at once that the other was set', () => {
    beat(wall);
    monotonic += 10_000;
    wall += 10_000;
    expect([clock.now(), clock.isInTime]).toEqual([1_010_000, true]);
    wall += MAX_CLOCK_OFFSET_MS;
    expect(clock.isInTime).toBe(true);
    wall += 1;
    expect([clock.now(), clock.offsetMs, clock.isInTime]).toEqual([
      1_010_000,
      MAX_CLOCK_OFFSET_MS + 1,
      false,
    ]);
    wall -= 2 * (MAX_CLOCK_OFFSET_MS + 1);
    expect(clock.isInTime).toBe(false);
  });

  test('takes nothing from a slow answer that it does not prove', () => {
    // Dated right before it was answered, or right after it was sent: both are the half of it away from the middle.
    clock = newClock();
    beat(wall + 6_000, 6_000);
    expect([clock.offsetMs, clock.isInTime]).toEqual([-3_000, true]);
    beat(wall, 6_000);
    expect([clock.offsetMs, clock.isInTime]).toEqual([3_000, true]);
    beat(wall - MAX_CLOCK_OFFSET_MS - 1, 6_000);
    expect(clock.isInTime).toBe(false);
  });

  test('goes by a good answer of a moment ago rather than by a slow one, unless that shows it to be wrong', () => {
    clock = newClock();
    beat(wall, 10);
    beat(wall + 6_000, 6_000);
    expect([clock.offsetMs, clock.isInTime]).toEqual([5, true]);
    // A clock that is set is noticed although the answers are slow.
    wall += MAX_CLOCK_OFFSET_MS + 6;
    beat(wall - MAX_CLOCK_OFFSET_MS, 6_000);
    expect(clock.isInTime).toBe(false);
    wall -= MAX_CLOCK_OFFSET_MS + 6;
    expect(clock.isInTime).toBe(true);
    // The machine slept: the clock that only runs on stood still.
    wall += 60_000;
    beat(wall + 3_000, 6_000);
    expect([clock.offsetMs, clock.isInTime]).toEqual([0, true]);
    // What is known from long ago counts no more.
    beat(wall, 0);
    monotonic += 31_000;
    wall += 31_000;
    beat(wall + 6_000, 6_000);
    expect(clock.offsetMs).toBe(-3_000);
  });
});
