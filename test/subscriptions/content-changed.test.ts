import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TenantScope } from '../../src/auth/scopes.ts';
import { contentWriter, type ContentWriter } from '../support/content.ts';
import { eventually } from '../support/eventually.ts';
import { registerBoth, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';
import { type Subscriber, subscribeBySocket, subscribeBySse } from '../support/subscriber.ts';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
let tenants: { acme: TestTenant; globex: TestTenant };
let acme: ContentWriter;
let globex: ContentWriter;

beforeAll(async () => {
  nodes = await startTwoNodes();
  tenants = await registerBoth(nodes.here);
  acme = await contentWriter(nodes.here, tenants.acme, ['Post', 'Page']);
  globex = await contentWriter(nodes.here, tenants.globex);
});

afterAll(() => nodes?.[Symbol.asyncDispose]());

// Whoever leaves, leaves nothing behind.
afterEach(() => eventually(() => expect(nodes.there.app.streams.size).toBe(0)));

const CHANGES = `subscription Changes($type: String, $ids: [ID!]) {
  contentChanged(type: $type, ids: $ids) { kind id contentItem { title status } } }`;

const TRANSPORTS = { 'server-sent events': subscribeBySse, 'a WebSocket': subscribeBySocket };

interface Options {
  scopes?: readonly TenantScope[];
  variables?: Record<string, unknown>;
  isAnonymous?: boolean;
}

/** Subscribes on the other node and waits until that node would tell of a change. */
async function subscribe(
  transport: typeof subscribeBySse,
  tenant: TestTenant,
  { scopes, variables = {}, isAnonymous = false }: Options = {},
): Promise<Subscriber> {
  const { port, app } = nodes.there;
  const before = app.streams.size;
  const token = isAnonymous ? undefined : await tenant.token(scopes);
  const path = `/t/${tenant.record.identifier}/graphql`;
  const subscriber = transport({ port, path, token, query: CHANGES, variables });
  await eventually(() => {
    if (!subscriber.isOver) expect(app.streams.size).toBe(before + 1);
  });
  return subscriber;
}

interface Change {
  kind: string;
  id: string;
  contentItem: { title: string; status: string } | null;
}

const changesOf = ({ results }: Subscriber) =>
  results.map(({ data }) => {
    const { kind, contentItem } = data?.['contentChanged'] as Change;
    return contentItem === null ? kind : `${kind} ${contentItem.title}`;
  });

const sawLast = (subscriber: Subscriber, title: string) =>
  subscriber.until(
    ({ data }) => (data?.['contentChanged'] as Change | undefined)?.contentItem?.title === title,
  );

describe.each(Object.entries(TRANSPORTS))('over %s', (name, transport) => {
  test('a writer on another node hears of everything in its own tenant and of nothing in the other', async () => {
    using ours = await subscribe(transport, tenants.acme);
    using theirs = await subscribe(transport, tenants.globex);
    const id = await acme.create(`One ${name}`);
    await acme.update(id, { title: `Two ${name}` });
    await acme.publish(id);
    await acme.unpublish(id);
    await acme.delete(id);
    await acme.restore(id);
    await acme.create(`Last ${name}`);
    await globex.create(`Foreign ${name}`);
    await sawLast(ours, `Last ${name}`);
    await sawLast(theirs, `Foreign ${name}`);
    const changes = ours.results.map(({ data }) => data?.['contentChanged'] as Change);
    const kinds = ['CREATED', 'UPDATED', 'PUBLISHED', 'UNPUBLISHED', 'DELETED', 'RESTORED', 'CREATED'];
    expect(changes.map(({ kind }) => kind)).toEqual(kinds);
    expect(new Set(changes.slice(0, 6).map((change) => change.id))).toEqual(new Set([id]));
    expect(changesOf(theirs)).toEqual([`CREATED Foreign ${name}`]);
  });

  test('a reader hears of what is published, and that it no longer is, and of no draft', async () => {
    using reader = await subscribe(transport, tenants.acme, { scopes: ['content:read'] });
    const draft = await acme.create(`Draft ${name}`);
    await acme.update(draft, { title: `Draft again ${name}` });
    const id = await acme.create(`Shown ${name}`);
    await acme.publish(id);
    await acme.update(id, { title: `Shown better ${name}` });
    await sawLast(reader, `Shown better ${name}`);
    await acme.unpublish(id);
    await acme.update(id, { title: `Hidden ${name}` });
    await acme.delete(id);
    await acme.delete(draft);
    await acme.publish(await acme.create(`End ${name}`));
    await sawLast(reader, `End ${name}`);
    const changes = changesOf(reader);
    expect(changes.at(-2)).toBe('UNPUBLISHED');
    expect(changes.filter((change) => change.startsWith('UPDATED'))).toHaveLength(1);
    expect(await reader.told()).not.toMatch(/Draft|Hidden|DELETED/);
  });

  test('an anonymous caller is told where content is public, for as long as it is', async () => {
    using refused = await subscribe(transport, tenants.globex, { isAnonymous: true });
    await refused.untilOver();
    expect(await refused.told()).toContain('UNAUTHENTICATED');
    await setPublic(tenants.acme, true);
    using visitor = await subscribe(transport, tenants.acme, { isAnonymous: true });
    await acme.create(`Secret ${name}`);
    await acme.publish(await acme.create(`Public ${name}`));
    await sawLast(visitor, `Public ${name}`);
    expect(changesOf(visitor)).toEqual([`PUBLISHED Public ${name}`]);
    await setPublic(tenants.acme, false);
    await acme.publish(await acme.create(`Too late ${name}`));
    await visitor.untilOver();
    expect(await visitor.told()).toContain('UNAUTHENTICATED');
    expect(await visitor.told()).not.toContain('Too late');
  });

  test('tells of one type or of some items where only they are asked for; an id of another tenant is one nobody has', async () => {
    const mine = await acme.create(`Mine ${name}`);
    const foreign = await globex.create(`Theirs ${name}`);
    using pages = await subscribe(transport, tenants.acme, { variables: { type: 'Page' } });
    using some = await subscribe(transport, tenants.acme, {
      variables: { ids: [mine, foreign, 'nonsense'] },
    });
    await acme.create(`Other ${name}`);
    await globex.update(foreign, { title: `Theirs too ${name}` });
    await acme.update(mine, { title: `Mine too ${name}` });
    await acme.create(`Page ${name}`, { type: 'Page' });
    await sawLast(pages, `Page ${name}`);
    await sawLast(some, `Mine too ${name}`);
    expect(changesOf(pages)).toEqual([`CREATED Page ${name}`]);
    expect(changesOf(some)).toEqual([`UPDATED Mine too ${name}`]);
  });

  test('a caller without the scope is refused, and nothing stays open', async () => {
    using refused = await subscribe(transport, tenants.acme, { scopes: ['settings:read'] });
    await refused.untilOver();
    expect(await refused.told()).toContain('FORBIDDEN');
  });

  test('each event has the time its tenant gives a request, however long the stream has been open', async () => {
    await setOptions(tenants.acme, { requestDeadlineMs: 500 });
    try {
      using subscriber = await subscribe(transport, tenants.acme);
      await setTimeout(600);
      await acme.create(`Later ${name}`);
      await sawLast(subscriber, `Later ${name}`);
      expect(subscriber.isOver).toBe(false);
    } finally {
      await setOptions(tenants.acme, { requestDeadlineMs: 10_000 });
    }
  });

  test('a stream holds no lease between its events', async () => {
    using subscriber = await subscribe(transport, tenants.acme);
    // Waits for every lease to end: for ten seconds if the stream held one.
    const startedAtMs = performance.now();
    await nodes.there.app.shells.evict(tenants.acme.record._id);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    await acme.create(`After ${name}`);
    await sawLast(subscriber, `After ${name}`);
  });
});

const setPublic = (tenant: TestTenant, publicContent: boolean) => setOptions(tenant, { publicContent });

async function setOptions({ token }: TestTenant, options: object): Promise<void> {
  const reply = await graphql({
    port: nodes.there.port,
    token: await token(),
    query: `mutation ($options: OptionsInput) { updateSettings(input: { options: $options }) { userErrors { code } } }`,
    variables: { options },
  });
  expect(reply.errors).toBeUndefined();
}
