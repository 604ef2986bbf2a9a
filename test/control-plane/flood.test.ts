import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addSecondCluster,
  registerBoth,
  SECOND,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { operate, register, visit } from '../support/platform.ts';
import { graphql } from '../support/request.ts';

let gateway: TestGateway;
let both: { acme: TestTenant; globex: TestTenant };

/** Room for three more tenants of four namespaces on the first cluster, and for four on the second. */
const [FIRST_BUDGET, SECOND_BUDGET] = [20, 16];

beforeAll(async () => {
  gateway = await startGateway({ REGISTRATION: 'open' });
  both = await registerBoth(gateway);
  await operate(gateway, 'updateCluster', { name: 'default', budget: FIRST_BUDGET });
  await addSecondCluster(gateway, SECOND_BUDGET);
});

afterAll(() => gateway[Symbol.asyncDispose]());

test('a flood of sign-ups fills the clusters and stops there; who is there reads and writes on', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, (_unused, index) =>
      register(gateway, { identifier: `flood-${index}`, name: 'F' }),
    ),
  );
  const refused = outcomes.filter(({ tenant }) => tenant === null);
  expect(outcomes.length - refused.length).toBe(3 + 4);
  expect(new Set(refused.map(({ code, reply }) => `${code} ${reply.status}`))).toEqual(
    new Set(['CAPACITY_EXHAUSTED 503']),
  );
  const used = async () =>
    Object.fromEntries(
      (await gateway.app.platform.clusters.all()).map(({ _id, budget, free }) => [_id, budget - free]),
    );
  expect(await used()).toEqual({ default: FIRST_BUDGET, [SECOND]: SECOND_BUDGET });
  const homes = (await gateway.app.platform.control.tenants.find({})).map(
    ({ placement }) => placement.cluster,
  );
  expect(homes.filter((cluster) => cluster === SECOND)).toHaveLength(4);
  // Each crossing of four fifths is told once, whatever the number of sign-ups after it.
  const alerts = gateway.logs.filter(({ event }) => event === 'cluster_near_budget');
  expect(alerts.map(({ cluster }) => cluster).sort()).toEqual(['default', SECOND]);

  for (const [identifier, tenant] of Object.entries(both)) {
    const token = await tenant.token();
    // A collection that is new here: counted, never refused.
    const { data, errors } = await graphql({
      port: gateway.port,
      token,
      query: `mutation { createResource(input: { name: "r", audience: "https://${identifier}.example" }) {
        resource { audience } userErrors { code } } }`,
    });
    expect([data, errors]).toEqual([
      { createResource: { resource: { audience: `https://${identifier}.example` }, userErrors: [] } },
      undefined,
    ]);
    expect(await visit(gateway, identifier, token)).toBe(identifier);
  }
  await expect.poll(async () => (await used())['default']).toBeGreaterThan(FIRST_BUDGET);
  const late = await register(gateway, { identifier: 'late', name: 'L' });
  expect([late.code, late.reply.status]).toEqual(['CAPACITY_EXHAUSTED', 503]);
  // Room or not: a name that is taken is told so, and takes none.
  const [before] = await gateway.app.platform.clusters.all();
  expect((await register(gateway, { identifier: 'acme', name: 'Again' })).userErrors).toMatchObject([
    { code: 'IDENTIFIER_TAKEN' },
  ]);
  expect((await gateway.app.platform.clusters.all())[0]?.free).toBe(before?.free);
});
