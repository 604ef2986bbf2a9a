import { expect, test } from 'vitest';
import { networkOf } from '../../src/lib/network-of.ts';
import { registerBoth, startGateway } from '../support/gateway.ts';
import { createTenant, operate, operatorToken, platform, register } from '../support/platform.ts';

test('one address may register so many tenants an hour, and is told when it may again', async () => {
  await using gateway = await startGateway({ REGISTRATION_PER_ADDRESS_PER_HOUR: '2', TRUST_PROXY: '1' });
  await registerBoth(gateway);
  for (const identifier of ['first', 'second']) {
    expect((await register(gateway, { identifier, name: identifier })).tenant?.status).toBe('ACTIVE');
  }
  const { reply, code } = await register(gateway, { identifier: 'third', name: 'Third' });
  expect([reply.status, code]).toEqual([429, 'RATE_LIMITED']);
  const retryAfter = Number(reply.headers['retry-after']);
  expect(retryAfter).toBeGreaterThan(3_000);
  expect(retryAfter).toBeLessThanOrEqual(3_600);
  // An operator has no quota, and looking costs none.
  expect((await createTenant(gateway, { identifier: 'third', name: 'Third' })).tenant?.status).toBe('ACTIVE');
  expect((await platform(gateway, '{ identifierAvailable(identifier: "fourth") }')).data).toEqual({
    identifierAvailable: true,
  });
});

test('the whole platform may register so many tenants an hour, on all nodes together', async () => {
  await using one = await startGateway({ REGISTRATION_PER_HOUR: '3' });
  await using two = await startGateway({
    REGISTRATION_PER_HOUR: '3',
    CONTROL_DATABASE: one.config.mongo.controlDatabase,
  });
  await registerBoth(one);
  for (const [index, gateway] of [one, two, one].entries()) {
    expect((await register(gateway, { identifier: `tenant-${index}`, name: 'T' })).tenant?.status).toBe(
      'ACTIVE',
    );
  }
  for (const gateway of [one, two]) {
    expect((await register(gateway, { identifier: 'one-more', name: 'T' })).code).toBe('RATE_LIMITED');
  }
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('counts %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('a closed platform takes operators only', async () => {
  await using gateway = await startGateway({ REGISTRATION: 'closed' });
  await registerBoth(gateway);
  const refused = await register(gateway, { identifier: 'umbrella', name: 'Umbrella' });
  expect([refused.code, refused.tenant]).toEqual(['FORBIDDEN', null]);
  const created = await createTenant(gateway, { identifier: 'umbrella', name: 'Umbrella' });
  expect([created.tenant?.status, created.userErrors]).toEqual(['ACTIVE', []]);
  expect(created.bootstrap?.clientSecret).toMatch(/^tgs_/);
});

test('a cluster takes what its budget holds, warns at four fifths and is never overdrawn', async () => {
  await using gateway = await startGateway();
  const { acme } = await registerBoth(gateway);
  // Two tenants of four namespaces are there; room for eight more.
  const changed = await operate(
    gateway,
    'updateCluster',
    { name: 'default', budget: 40 },
    'cluster { budget used } userErrors { code }',
  );
  expect(changed.payload).toMatchObject({ cluster: { budget: 40, used: 8 } });
  const sequence: (string | undefined)[] = [];
  const alerts = () => gateway.logs.filter(({ event }) => event === 'cluster_near_budget');
  for (let index = 0; index < 6; index += 1) {
    const { tenant } = await register(gateway, { identifier: `tenant-${index}`, name: 'T' });
    sequence.push(tenant?.status);
    expect(alerts().length > 0).toBe(8 + 4 * (index + 1) >= 32);
  }
  expect(sequence).toEqual(Array.from({ length: 6 }, () => 'ACTIVE'));
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, (_unused, index) =>
      register(gateway, { identifier: `late-${index}`, name: 'T' }),
    ),
  );
  expect(outcomes.filter(({ tenant }) => tenant !== null)).toHaveLength(2);
  const refused = outcomes.filter(({ tenant }) => tenant === null);
  expect(new Set(refused.map(({ code, reply }) => `${code} ${reply.status}`))).toEqual(
    new Set(['CAPACITY_EXHAUSTED 503']),
  );
  expect(alerts()[0]).toMatchObject({ level: 'warn', cluster: 'default', budget: 40, used: 32 });
  expect(gateway.logs.some(({ event, level }) => event === 'capacity_exhausted' && level === 'error')).toBe(
    true,
  );
  const { data } = await platform(
    gateway,
    '{ clusters { name budget used isOpen } }',
    {},
    await operatorToken(gateway),
  );
  expect(data).toEqual({ clusters: [{ name: 'default', budget: 40, used: 40, isOpen: true }] });
  // Room that is given back can be used again.
  expect((await operate(gateway, 'deleteTenant', { id: acme.record._id })).codes).toEqual([]);
  expect((await register(gateway, { identifier: 'after-all', name: 'T' })).tenant?.status).toBe('ACTIVE');
});

test('a closed cluster takes no tenant; one that fills up leaves the others to be used', async () => {
  await using gateway = await startGateway();
  await registerBoth(gateway);
  await operate(gateway, 'updateCluster', { name: 'default', isOpen: false });
  const closed = await register(gateway, { identifier: 'umbrella', name: 'Umbrella' });
  expect([closed.code, closed.reply.status]).toEqual(['CAPACITY_EXHAUSTED', 503]);
  await operate(gateway, 'updateCluster', { name: 'default', isOpen: true });
  expect((await register(gateway, { identifier: 'umbrella', name: 'Umbrella' })).tenant?.status).toBe(
    'ACTIVE',
  );
  const unknown = await operate(gateway, 'updateCluster', { name: 'nowhere', isOpen: true });
  expect(unknown.codes).toEqual(['NOT_FOUND']);
});

test('a process that registers nobody makes no collection to count in', async () => {
  await using gateway = await startGateway({ REGISTRATION_PER_HOUR: '3' });
  await registerBoth(gateway);
  const names = (await gateway.app.platform.control.db.listCollections().toArray()).map(({ name }) => name);
  expect(names).not.toContain('registration_quota');
});
