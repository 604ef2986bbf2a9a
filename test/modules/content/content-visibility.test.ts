import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeGlobalId, encodeGlobalId } from '../../../src/graphql/global-id.ts';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import {
  anonymous,
  codes,
  type Item,
  item,
  mutate,
  nobody,
  published,
  publisher,
  reader,
  refused,
  titles,
  type,
  writer,
} from './content-operations.ts';

let bench: ModuleBench;
let shown: Item;
let draft: Item;
let typeId: string;

const MUTATIONS = [
  'updateContentItem',
  'publishContentItem',
  'unpublishContentItem',
  'deleteContentItem',
  'restoreContentItem',
];

beforeAll(async () => {
  bench = await openModuleBench(['content']);
  const { acme, globex } = bench;
  typeId = await type(acme, 'Post', [{ name: 'body', kind: 'RICH_TEXT' }]);
  shown = await published(acme, { type: 'Post', title: 'Shown', data: { body: 'acme' } });
  draft = await item(acme, { type: 'Post', title: 'Draft', data: { body: 'acme' } });
  // The other tenant has the same ids, names and slugs.
  await type(globex, 'Seed', []);
  await item(globex, { type: 'Seed', title: 'Seed' });
  for (const name of ['content_types', 'content_items']) {
    const twins = await acme.db.collection(name).find({}).toArray();
    const renamed = twins.map((twin) => ({
      ...twin,
      title: `globex ${String(twin['title'])}`,
      data: { body: 'globex' },
    }));
    await globex.db.collection(name).insertMany(renamed);
  }
});

afterAll(() => bench[Symbol.asyncDispose]());

afterEach(() => {
  bench.acme.tenant.settings = {};
});

describe('who may see what', () => {
  const list = 'orderBy: { field: TITLE }';
  const byId = 'query ($id: ID!) { contentItem(id: $id) { title } }';
  const bySlug = '{ contentItemBySlug(type: "Post", slug: "draft") { title } }';

  it('shows writers everything, readers what is published', async () => {
    expect(await titles(bench.acme, list, writer)).toEqual(['Draft', 'Shown']);
    expect(await titles(bench.acme, list, reader)).toEqual(['Shown']);
    for (const status of ['DRAFT', 'UNPUBLISHED', 'DELETED']) {
      expect(await titles(bench.acme, `filter: { status: ${status} }`, reader), status).toEqual([]);
    }
    expect(await titles(bench.acme, 'filter: { status: DRAFT }', writer)).toEqual(['Draft']);
    expect(await codes(bench.acme, byId, { id: draft.id }, reader)).toEqual(['NOT_FOUND']);
    expect(await codes(bench.acme, bySlug, {}, reader)).toEqual(['NOT_FOUND']);
    expect(
      await codes(bench.acme, 'query ($id: ID!) { node(id: $id) { id } }', { id: draft.id }, reader),
    ).toEqual(['NOT_FOUND']);
    expect(await codes(bench.acme, byId, { id: draft.id }, writer)).toEqual([]);
    const { data } = await bench.acme.run('{ contentItems { totalCount } }', {}, reader);
    expect(data.contentItems.totalCount).toBe(1);
  });

  it('shows callers without a scope what is public, if anything is', async () => {
    expect(await codes(bench.acme, byId, { id: shown.id }, anonymous)).toEqual(['UNAUTHENTICATED']);
    expect(await codes(bench.acme, byId, { id: shown.id }, nobody)).toEqual(['FORBIDDEN']);
    expect(await codes(bench.acme, '{ contentItems { totalCount } }', {}, anonymous)).toEqual([
      'UNAUTHENTICATED',
    ]);
    expect(
      await codes(bench.acme, 'query ($id: ID!) { node(id: $id) { id } }', { id: shown.id }, nobody),
    ).toEqual(['FORBIDDEN']);
    const { errors } = await bench.acme.run('{ contentItems { totalCount } }', {}, nobody);
    expect(errors).toEqual(['FORBIDDEN This needs the scope content:read.']);

    bench.acme.tenant.settings = { 'options.publicContent': true };
    for (const caller of [anonymous, nobody]) {
      expect(await titles(bench.acme, list, caller)).toEqual(['Shown']);
      expect(await titles(bench.acme, 'filter: { status: DRAFT }', caller)).toEqual([]);
      expect(await codes(bench.acme, byId, { id: draft.id }, caller)).toEqual(['NOT_FOUND']);
    }
    expect(
      await codes(
        bench.acme,
        'query ($id: ID!) { contentItem(id: $id) { contentType { name } } }',
        { id: shown.id },
        anonymous,
      ),
    ).toEqual(['UNAUTHENTICATED']);
    expect(await titles(bench.acme, 'filter: { status: DRAFT }', { scopes: ['content:write'] })).toEqual([
      'Draft',
    ]);
  });

  it('shows types to members only', async () => {
    const queries = [
      '{ contentType(name: "Post") { name } }',
      '{ contentTypes { totalCount } }',
      `{ node(id: "${typeId}") { id } }`,
    ];
    bench.acme.tenant.settings = { 'options.publicContent': true };
    for (const query of queries) {
      expect(await codes(bench.acme, query, {}, anonymous), query).toEqual(['UNAUTHENTICATED']);
      expect(await codes(bench.acme, query, {}, nobody), query).toEqual(['FORBIDDEN']);
      expect(await codes(bench.acme, query, {}, reader), query).toEqual([]);
      expect(await codes(bench.acme, query, {}, writer), query).toEqual([]);
    }
  });

  it('lets only writers write and publishers publish', async () => {
    const isPublishing = (name: string) => /^(un)?publish/.test(name);
    for (const name of MUTATIONS) {
      const caller = isPublishing(name) ? writer : publisher;
      expect(await refused(bench.acme, name, { id: shown.id }, caller), name).toEqual(['FORBIDDEN']);
      expect(await refused(bench.acme, name, { id: shown.id }, anonymous), name).toEqual(['UNAUTHENTICATED']);
    }
    const made = { name: 'Other', fields: [] };
    expect(await refused(bench.acme, 'createContentType', made, reader)).toEqual(['FORBIDDEN']);
    expect(await refused(bench.acme, 'updateContentType', { id: typeId }, reader)).toEqual(['FORBIDDEN']);
    expect(await refused(bench.acme, 'deleteContentType', { id: typeId }, reader)).toEqual(['FORBIDDEN']);
    expect(await refused(bench.acme, 'createContentItem', { type: 'Post', title: 'x' }, reader)).toEqual([
      'FORBIDDEN',
    ]);
    expect((await mutate(bench.acme, 'publishContentItem', { id: shown.id }, publisher)).contentItem).toEqual(
      shown,
    );
  });
});

describe('two tenants with the same ids, slugs and names', () => {
  it('see their own on every field', async () => {
    const query = `query ($id: ID!, $ids: [ID!]!, $type: ID!) {
      contentItem(id: $id) { title data }
      contentItemBySlug(type: "Post", slug: "shown") { title data }
      contentItems(filter: { type: "Post" }) { nodes { title data } edges { node { title } } totalCount }
      node(id: $id) { ... on ContentItem { title } }
      nodes(ids: $ids) { ... on ContentItem { title } }
      contentType(name: "Post") { id fields { name } }
      contentTypes(filter: { name: { equals: "Post" } }) { totalCount }
      typeNode: node(id: $type) { id }
    }`;
    const variables = { id: shown.id, ids: [shown.id, draft.id], type: typeId };
    const [own, other] = await Promise.all([
      bench.acme.run(query, variables),
      bench.globex.run(query, variables),
    ]);
    expect(own.errors).toEqual([]);
    expect(other.errors).toEqual([]);
    expect(JSON.stringify(own.data)).not.toContain('globex');
    expect(JSON.stringify(other.data)).not.toContain('acme');
    expect(other.data.contentItem).toEqual({ title: 'globex Shown', data: { body: 'globex' } });
    expect(own.data.contentItems.totalCount).toBe(2);
  });

  it('change their own only', async () => {
    const before = await bench.acme.db.collection('content_items').find({}).toArray();
    await mutate(bench.globex, 'updateContentItem', { id: shown.id, title: 'globex changed' });
    await mutate(bench.globex, 'unpublishContentItem', { id: shown.id });
    await mutate(bench.globex, 'deleteContentItem', { id: shown.id });
    await mutate(bench.globex, 'deleteContentItem', { id: draft.id });
    await mutate(bench.globex, 'deleteContentType', { id: typeId });
    expect(await bench.acme.db.collection('content_items').find({}).toArray()).toEqual(before);
    expect(await codes(bench.acme, '{ contentType(name: "Post") { name } }')).toEqual([]);
  });

  it('answer a foreign id like a missing one', async () => {
    const foreign = await item(bench.globex, { type: 'Seed', title: 'Foreign' });
    const missing = encodeGlobalId('ContentItem', '01890000-0000-7000-8000-000000000000');
    const otherType = encodeGlobalId('ContentType', decodeGlobalId(shown.id)!.id);
    for (const id of [foreign.id, missing, otherType, typeId, 'x', '', '"$gt"', 'a'.repeat(100_000)]) {
      expect(await codes(bench.acme, 'query ($id: ID!) { contentItem(id: $id) { id } }', { id })).toEqual([
        'NOT_FOUND',
      ]);
      for (const name of MUTATIONS)
        expect(await refused(bench.acme, name, { id }), name).toEqual(['NOT_FOUND']);
    }
    for (const id of [foreign.id, missing, shown.id, 'x']) {
      expect(await refused(bench.acme, 'updateContentType', { id })).toEqual(['NOT_FOUND']);
      expect(await refused(bench.acme, 'deleteContentType', { id })).toEqual(['NOT_FOUND']);
    }
  });

  it('do not take cursors of each other, or of another list', async () => {
    const query =
      'query ($after: String) { contentItems(first: 1, after: $after) { pageInfo { endCursor } } }';
    const { data } = await bench.globex.run(query);
    const after = data.contentItems.pageInfo.endCursor as string;
    expect(await codes(bench.globex, query, { after })).toEqual([]);
    expect(await codes(bench.acme, query, { after })).toEqual(['BAD_USER_INPUT']);
    const types = 'query ($after: String) { contentTypes(first: 1, after: $after) { totalCount } }';
    expect(await codes(bench.globex, types, { after })).toEqual(['BAD_USER_INPUT']);
    const byTitle =
      'query ($after: String) { contentItems(after: $after, orderBy: { field: TITLE }) { totalCount } }';
    expect(await codes(bench.globex, byTitle, { after })).toEqual(['BAD_USER_INPUT']);
  });
});
