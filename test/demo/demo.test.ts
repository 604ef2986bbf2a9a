import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoTenant, openDemo } from '../../src/demo/open-demo.ts';
import { welcome } from '../../src/demo/welcome.ts';
import { sampleOperations } from '../../src/http/sample-operations.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';

const log = createLogger('silent');

describe('the demo tenants', () => {
  let gateway: TestGateway;
  let demo: DemoTenant[];
  const said: string[] = [];
  const say = (line: string) => void said.push(line);

  /** What a document answers through the prefix of a demo tenant; errors fail the test. */
  async function ask(identifier: string, query: string, variables: object = {}, signedIn = true) {
    const tenant = demo.find((each) => each.tenant.identifier === identifier)!.tenant;
    const token = signedIn ? await gateway.app.developmentToken(tenant.id) : undefined;
    const path = `/t/${identifier}/graphql`;
    const reply = await graphql({ port: gateway.port, path, token, query, variables });
    expect(reply.errors).toBeUndefined();
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the answer is JSON of whatever was asked for
    return reply.data as any;
  }

  beforeAll(async () => {
    gateway = await startGateway();
    demo = await openDemo(gateway.app, log, say);
  });

  afterAll(() => gateway[Symbol.asyncDispose]());

  it('hold real content: at least 5,000 items and all 250 countries', async () => {
    expect(said.filter((line) => line.includes('not ready'))).toEqual([]);
    expect(demo.map(({ tenant }) => tenant.identifier)).toEqual(['mdn', 'atlas']);
    expect(demo[0]!.itemCount).toBeGreaterThanOrEqual(5_000);
    expect(demo[1]!.itemCount).toBe(250);
    for (const { tenant, itemCount } of demo) {
      const { contentItems } = await ask(tenant.identifier, '{ contentItems(first: 1) { totalCount } }');
      expect(contentItems.totalCount).toBe(itemCount);
    }
  });

  it('differ in modules, theme and locale', async () => {
    const settings = '{ settings { theme { primaryColor } locale } modules { id enabled } }';
    const [mdn, atlas] = [await ask('mdn', settings), await ask('atlas', settings)];
    expect(mdn.settings.theme.primaryColor).not.toBe(atlas.settings.theme.primaryColor);
    expect([mdn.settings.locale, atlas.settings.locale]).toEqual(['en-US', 'fr']);
    const enabled = ({ modules }: { modules: { id: string; enabled: boolean }[] }) =>
      modules.filter((module) => module.enabled).map(({ id }) => id);
    expect(enabled(mdn).sort()).toEqual(['clients', 'content', 'resources']);
    expect(enabled(atlas)).toEqual(['content']);
  });

  it('have typed fields that filter, sort and lead elsewhere', async () => {
    const { contentItems } = await ask(
      'atlas',
      `{ contentItems(
        first: 2,
        filter: { type: "Country", fields: [
          { field: "region", condition: { text: { equals: "Europe" } } },
          { field: "isLandlocked", condition: { boolean: { equals: true } } }
        ] },
        orderBy: { dataField: "areaKm2", direction: DESC }
      ) { nodes { slug title references(field: "neighbours") { items { slug } } } } }`,
    );
    expect(contentItems.nodes.map((node: { slug: string }) => node.slug)).toEqual(['belarus', 'hungary']);
    expect(contentItems.nodes[1].title).toBe('Hongrie');
    const neighbours = contentItems.nodes[1].references[0].items.map((item: { slug: string }) => item.slug);
    expect(neighbours).toContain('austria');
    const { contentItemBySlug: grid } = await ask(
      'mdn',
      `{ contentItemBySlug(type: "BrowserFeature", slug: "css.properties.grid") {
        title data references(field: "supportedBy") { items { slug } }
      } }`,
    );
    expect(grid.title).toBe('grid');
    expect(grid.data).toMatchObject({ path: 'css.properties.grid', area: 'css', isDeprecated: false });
    expect(grid.data.support.chrome).toBeDefined();
    expect(grid.references[0].items).toContainEqual({ slug: 'firefox-android' });
  });

  it('name the source and the licence of their content', async () => {
    const types = '{ contentTypes { nodes { name description } } }';
    const [mdn, atlas] = [await ask('mdn', types), await ask('atlas', types)];
    for (const { description } of mdn.contentTypes.nodes) expect(description).toContain('CC0');
    for (const { description } of atlas.contentTypes.nodes)
      expect(description).toMatch(/ODbL.*licenses\/odbl/);
    expect(JSON.stringify([mdn, atlas])).not.toContain('under way');
  });

  it('show published content to everybody on one of them only', async () => {
    const query = '{ contentItems(first: 1) { nodes { title } } }';
    expect((await ask('mdn', query, {}, false)).contentItems.nodes).toHaveLength(1);
    const refused = await graphql({ port: gateway.port, path: '/t/atlas/graphql', query });
    expect(refused.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it.each(['mdn', 'atlas'])('answer every sample operation of %s with something', async (identifier) => {
    const { tenant } = demo.find((each) => each.tenant.identifier === identifier)!;
    const operations = sampleOperations(tenant);
    expect(operations.length).toBeGreaterThanOrEqual(5);
    for (const { name, query, variables } of operations) {
      // A stream tells of what happens next; test/http/graphiql shows it live.
      if (query.startsWith('subscription')) continue;
      const data = await ask(identifier, query, JSON.parse(variables ?? '{}'));
      for (const value of Object.values(data) as { nodes?: unknown[] }[]) {
        if (value.nodes !== undefined) expect(value.nodes, name).not.toHaveLength(0);
        else expect(value, name).toBeTruthy();
      }
    }
  });

  it('are found again, and left as people changed them', async () => {
    const { contentItemBySlug: item } = await ask(
      'atlas',
      '{ contentItemBySlug(type: "Country", slug: "aruba") { id } }',
    );
    await ask('atlas', 'mutation ($id: ID!) { deleteContentItem(input: { id: $id }) { deletedId } }', item);
    const again = await openDemo(gateway.app, log, say);
    expect(again.map(({ itemCount }) => itemCount)).toEqual([demo[0]!.itemCount, 249]);
    expect(again.map(({ tenant }) => tenant.id)).toEqual(demo.map(({ tenant }) => tenant.id));
  });

  it('say where to go, with a line of curl that works as it is', async () => {
    const lines: string[] = [];
    await welcome(gateway.config, gateway.app, demo, (line) => void lines.push(line));
    const text = lines.join('\n');
    for (const address of [
      'http://mdn.gateway.test/graphql',
      'http://gateway.test/t/mdn/graphql',
      'http://atlas.gateway.test/graphql',
      'http://gateway.test/t/atlas/graphql',
      'http://gateway.test/platform/graphql',
      'http://127.0.0.1:9464/metrics',
    ]) {
      expect(text).toContain(address);
    }
    const [, path = '', token = '', body = ''] =
      /^curl -s http:\/\/gateway\.test(\S+) .*Bearer (\S+)' -d '([^']+)'$/m.exec(text) ?? [];
    const { query } = JSON.parse(body) as { query: string };
    const reply = await graphql({ port: gateway.port, path, token, query });
    expect(reply.errors).toBeUndefined();
    expect(reply.data).toMatchObject({
      tenant: { name: 'MDN browser compatibility' },
      contentItems: { totalCount: demo[0]!.itemCount },
    });
  });

  it('carry on where an interrupted start was', async () => {
    const { app } = gateway;
    const first = await openDemo(app, log, say);
    const [, atlas] = first;
    // As a process leaves it that dies while importing: some items, and the type marked as unfinished.
    const db = app.platform.control.db.client.db(atlas!.tenant.placement.database);
    const half = await db.collection('content_items').find().limit(120).toArray();
    await db.collection('content_items').deleteMany({ _id: { $in: half.map(({ _id }) => _id) } });
    await db
      .collection('content_types')
      .updateOne({}, [
        { $set: { description: { $concat: ['$description', ' (The import is still under way.)'] } } },
      ]);
    // And as it leaves it between registration and settings.
    await app.platform.control.tenants.findOneAndUpdate(
      { _id: first[0]!.tenant.id },
      { $set: { settings: {}, settingsRevision: 0 } },
    );
    const second = await openDemo(app, log, say);
    // What was imported before stays; what is missing is imported, the country an earlier test deleted as well.
    expect(second.map(({ itemCount }) => itemCount)).toEqual([first[0]!.itemCount, 250]);
    expect(second[0]!.tenant.settings['locale']).toBe('en-US');
    expect((await db.collection('content_types').findOne())?.['description']).not.toContain('under way');
  });
});

describe('two gateways that start at once', () => {
  it('make one demo, and leave a tenant of somebody else alone', async () => {
    await using gateway = await startGateway();
    await gateway.app.platform.registration.register(
      { identifier: 'mdn', name: 'My Dear Neighbours', modules: ['content'] },
      { isSelfRegistered: true, placement: { mode: 'DATABASE' } },
    );
    const said: string[] = [];
    const start = () => openDemo(gateway.app, log, (line) => void said.push(line));
    for (const demo of await Promise.all([start(), start()])) {
      expect(demo.map(({ tenant, itemCount }) => [tenant.identifier, itemCount])).toEqual([['atlas', 250]]);
    }
    expect(said.filter((line) => line.includes('not ready'))).toHaveLength(2);
  });
});
