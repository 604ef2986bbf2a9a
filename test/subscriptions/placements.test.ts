import { afterAll, beforeAll, expect, test } from 'vitest';
import { PLACEMENT_MODES, type PlacementMode } from '../../src/tenancy/tenant.ts';
import { contentWriter } from '../support/content.ts';
import { eventually } from '../support/eventually.ts';
import { registerTenant, type TestTenant } from '../support/gateway.ts';
import { secondMongodbUri } from '../support/mongodb-uri.ts';
import { subscribeBySse } from '../support/subscriber.ts';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;

beforeAll(async () => {
  nodes = await startTwoNodes();
});

afterAll(() => nodes?.[Symbol.asyncDispose]());

const register = (identifier: string, mode: PlacementMode): Promise<TestTenant> =>
  registerTenant(
    nodes.here,
    identifier,
    {},
    mode === 'DEDICATED' ? { mode, connectionString: secondMongodbUri() } : { mode },
  );

test.each(PLACEMENT_MODES)(
  'two tenants placed as %s hear each of its own on the other node',
  async (mode) => {
    const { port, app } = nodes.there;
    const both = await Promise.all(
      ['acme', 'globex'].map((name) => register(`${name}-${mode.toLowerCase()}`, mode)),
    );
    const subscribers = await Promise.all(
      both.map(async (tenant) => {
        const query = 'subscription { contentChanged { contentItem { title } } }';
        return subscribeBySse({ port, token: await tenant.token(), query });
      }),
    );
    await eventually(() => expect(app.streams.size).toBe(2));
    for (const tenant of both) {
      const writer = await contentWriter(nodes.here, tenant);
      await writer.create(tenant.record.identifier);
    }
    for (const [index, subscriber] of subscribers.entries()) {
      await subscriber.until(() => true);
      const title = both[index]?.record.identifier;
      expect(subscriber.results).toEqual([{ data: { contentChanged: { contentItem: { title } } } }]);
      subscriber[Symbol.dispose]();
    }
    await eventually(() => expect(app.streams.size).toBe(0));
  },
);
