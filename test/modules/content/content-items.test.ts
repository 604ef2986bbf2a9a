import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { item, mutate, published, refused, titles, type } from './content-operations.ts';

let bench: ModuleBench;

const KEY = 'an-idempotency-key-of-32-letters';

beforeAll(async () => {
  bench = await openModuleBench(['content']);
  const everyKind = [
    { name: 'summary', kind: 'TEXT', isRequired: true, maxLength: 40 },
    { name: 'body', kind: 'RICH_TEXT' },
    { name: 'price', kind: 'NUMBER' },
    { name: 'isNew', kind: 'BOOLEAN' },
    { name: 'at', kind: 'DATE_TIME' },
    { name: 'size', kind: 'ENUMERATION', options: ['S', 'M', 'L'] },
    { name: 'tags', kind: 'LIST', of: 'TEXT' },
    { name: 'next', kind: 'REFERENCE', referenceTo: 'Article' },
    { name: 'related', kind: 'LIST', of: 'REFERENCE', referenceTo: 'Article' },
    { name: 'meta', kind: 'JSON' },
    { name: 'blocks', kind: 'LIST', of: 'JSON' },
  ];
  for (const tenant of [bench.acme, bench.globex]) {
    await type(tenant, 'Article', everyKind);
    await type(tenant, 'Page', []);
  }
});

afterAll(() => bench[Symbol.asyncDispose]());

describe('an item', () => {
  it('comes back as it was given', async () => {
    const next = await item(bench.acme, { type: 'Article', title: 'Target', data: { summary: 's' } });
    const data = {
      summary: 'One line',
      body: '# Two\n\tlines',
      price: -12.5,
      isNew: false,
      at: '2026-01-31T12:00:00.000Z',
      size: 'M',
      tags: ['a', 'b'],
      next: next.id,
      related: [next.id, next.id],
      meta: { a: [1, { b: null }] },
      blocks: [{ kind: 'p' }, 'text', 1],
    };
    const made = await item(bench.acme, { type: 'Article', title: 'Every kind', data });
    expect(made).toMatchObject({
      type: 'Article',
      slug: 'every-kind',
      locale: 'en',
      status: 'DRAFT',
      data,
      revision: 1,
    });
    const { data: read } = await bench.acme.run(
      '{ contentItemBySlug(type: "Article", slug: "every-kind") { data contentType { name fields { name } } } }',
    );
    expect(read.contentItemBySlug).toMatchObject({ data, contentType: { name: 'Article' } });
  });

  it('keeps every key of its JSON, and runs none', async () => {
    const meta = JSON.parse(
      '{"$where":"sleep(1000)","a.b":{"$gt":""},"__proto__":{"polluted":true},"constructor":{"prototype":1},"":0,"$set":{"status":"PUBLISHED"}}',
    ) as object;
    const made = await item(bench.acme, {
      type: 'Article',
      title: 'Hostile',
      data: { summary: 's', meta, blocks: [meta] },
    });
    expect(JSON.stringify(made.data)).toBe(JSON.stringify({ summary: 's', meta, blocks: [meta] }));
    expect(made.status).toBe('DRAFT');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const { contentItem } = await mutate(bench.acme, 'updateContentItem', {
      id: made.id,
      data: { price: 1 },
    });
    expect(JSON.stringify(contentItem!.data['meta'])).toBe(JSON.stringify(meta));
  });

  it('changes by the values that are given', async () => {
    const { id } = await item(bench.acme, {
      type: 'Article',
      title: 'Before',
      data: { summary: 's', price: 1 },
    });
    const { contentItem } = await mutate(bench.acme, 'updateContentItem', {
      id,
      title: 'After',
      data: { price: null, isNew: true },
      expectedRevision: 1,
    });
    expect(contentItem).toMatchObject({
      title: 'After',
      slug: 'before',
      data: { summary: 's', isNew: true },
      revision: 2,
    });
    expect(contentItem!.data).not.toHaveProperty('price');
    expect((await mutate(bench.acme, 'updateContentItem', { id })).contentItem).toEqual(contentItem);
    const late = await mutate(bench.acme, 'updateContentItem', { id, title: 'Late', expectedRevision: 1 });
    expect(late).toMatchObject({ contentItem: null, faults: ['CONFLICT expectedRevision'] });
    const bare = await mutate(bench.acme, 'updateContentItem', { id, data: { summary: null } });
    expect(bare.faults).toEqual(['REQUIRED data.summary']);
  });

  it('keeps every one of many changes at once', async () => {
    const { id } = await item(bench.acme, { type: 'Article', title: 'Busy', data: { summary: 's' } });
    const changes = ['price', 'isNew', 'size'].map((name, index) =>
      mutate(bench.acme, 'updateContentItem', { id, data: { [name]: [7, true, 'L'][index] } }),
    );
    await Promise.all(changes);
    const { data } = await bench.acme.run('query ($id: ID!) { contentItem(id: $id) { data revision } }', {
      id,
    });
    expect(data.contentItem).toEqual({
      data: { summary: 's', price: 7, isNew: true, size: 'L' },
      revision: 4,
    });
  });

  it('is published and unpublished', async () => {
    const { id } = await item(bench.acme, { type: 'Page', title: 'Life' });
    expect((await mutate(bench.acme, 'unpublishContentItem', { id })).faults).toEqual(['INVALID id']);
    const shown = (await mutate(bench.acme, 'publishContentItem', { id })).contentItem!;
    expect(shown).toMatchObject({ status: 'PUBLISHED', revision: 2 });
    expect(shown.publishedAt).toMatch(/Z$/);
    expect((await mutate(bench.acme, 'publishContentItem', { id })).contentItem).toEqual(shown);
    expect((await mutate(bench.acme, 'publishContentItem', { id, expectedRevision: 1 })).faults).toEqual([
      'CONFLICT expectedRevision',
    ]);
    const edited = await mutate(bench.acme, 'updateContentItem', { id, title: 'Edited' });
    expect(edited.contentItem).toMatchObject({ status: 'PUBLISHED', title: 'Edited', revision: 3 });
    expect((await mutate(bench.acme, 'unpublishContentItem', { id })).contentItem).toMatchObject({
      status: 'UNPUBLISHED',
    });
  });

  it('is deleted, lets go of its slug, and comes back as a draft', async () => {
    const { id } = await published(bench.acme, { type: 'Page', title: 'Gone', slug: 'gone' });
    expect(await mutate(bench.acme, 'deleteContentItem', { id })).toMatchObject({
      deletedId: id,
      faults: [],
    });
    const { data, errors } = await bench.acme.run(
      'query ($id: ID!) { a: contentItem(id: $id) { id } b: node(id: $id) { id } c: contentItemBySlug(type: "Page", slug: "gone") { id } }',
      { id },
    );
    expect(data).toEqual({ a: null, b: null, c: null });
    expect(errors.map((error) => error.split(' ')[0])).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    for (const name of [
      'updateContentItem',
      'publishContentItem',
      'unpublishContentItem',
      'deleteContentItem',
    ]) {
      expect(await refused(bench.acme, name, { id }), name).toEqual(['NOT_FOUND']);
    }
    expect(await titles(bench.acme, 'filter: { slug: "gone" }')).toEqual([]);
    expect(await titles(bench.acme, 'filter: { slug: "gone", status: DELETED }')).toEqual(['Gone']);
    expect(
      await titles(bench.acme, 'filter: { slug: "gone", status: DELETED }', { scopes: ['content:read'] }),
    ).toEqual([]);

    const heir = await item(bench.acme, { type: 'Page', title: 'Heir', slug: 'gone' });
    expect((await mutate(bench.acme, 'restoreContentItem', { id })).faults).toEqual(['TAKEN slug']);
    const { contentItem } = await mutate(bench.acme, 'restoreContentItem', { id, slug: 'back' });
    expect(contentItem).toMatchObject({ status: 'DRAFT', slug: 'back', title: 'Gone' });
    expect(await refused(bench.acme, 'restoreContentItem', { id })).toEqual(['NOT_FOUND']);
    expect((await mutate(bench.acme, 'updateContentItem', { id: heir.id, slug: 'back' })).faults).toEqual([
      'TAKEN slug',
    ]);
  });

  it('has a slug of its own per type and locale', async () => {
    const same = { title: 'Ünïque — Slug!', type: 'Page' };
    expect((await item(bench.acme, same)).slug).toBe('unique-slug');
    expect((await mutate(bench.acme, 'createContentItem', same)).faults).toEqual(['TAKEN slug']);
    expect((await item(bench.acme, { ...same, locale: 'de' })).locale).toBe('de');
    await item(bench.acme, { ...same, type: 'Article', data: { summary: 's' } });
    await item(bench.globex, same);
    expect((await mutate(bench.acme, 'createContentItem', { type: 'Page', title: '標題' })).faults).toEqual([
      'REQUIRED slug',
    ]);
  });

  it('is created once per idempotency key', async () => {
    const input = { type: 'Page', title: 'Once', idempotencyKey: KEY };
    const both = await Promise.all([item(bench.acme, input), item(bench.acme, input)]);
    expect(both[0]).toEqual(both[1]);
    expect(await item(bench.acme, input)).toEqual(both[0]);
    expect((await mutate(bench.acme, 'createContentItem', { ...input, title: 'Twice' })).faults).toEqual([
      'CONFLICT idempotencyKey',
    ]);
    expect((await item(bench.globex, input)).id).not.toBe(both[0].id);
    await mutate(bench.acme, 'deleteContentItem', { id: both[0].id });
    expect((await mutate(bench.acme, 'createContentItem', input)).faults).toEqual([
      'CONFLICT idempotencyKey',
    ]);
  });
});

describe('references', () => {
  it('are resolved for those who may see, in the commands of one level each', async () => {
    const targets = [];
    for (const title of ['R1', 'R2', 'R3']) {
      targets.push(await published(bench.globex, { type: 'Article', title, data: { summary: 's' } }));
    }
    const draft = await item(bench.globex, { type: 'Article', title: 'R4', data: { summary: 's' } });
    const related = [...targets, draft].map(({ id }) => id);
    for (const title of ['From 1', 'From 2', 'From 3', 'From 4']) {
      await published(bench.globex, {
        type: 'Article',
        title,
        slug: title.toLowerCase().replace(' ', '-'),
        data: { summary: 's', related, next: related[3] },
      });
    }
    const query = (
      first: number,
    ) => `{ contentItems(first: ${first}, filter: { title: { startsWith: "From" } }) { totalCount nodes {
      data contentType { name } references(field: "related") { field items { title contentType { name } references { items { id } } } } } } }`;
    const seen = async (scopes: string[]) => {
      const { data, errors } = await bench.globex.run(query(1), {}, { scopes });
      expect(errors).toEqual([]);
      return data.contentItems.nodes[0].references[0].items.map(({ title }: { title: string }) => title);
    };
    expect(await seen(['content:read'])).toEqual(['R1', 'R2', 'R3']);
    expect(await seen(['content:write'])).toEqual(['R1', 'R2', 'R3', 'R4']);
    const one = await bench.commandsOf(() => bench.globex.run(query(1)));
    const four = await bench.commandsOf(() => bench.globex.run(query(4)));
    expect(four).toEqual(one);
    expect(four.length).toBeLessThanOrEqual(4);
  });

  it('must lead to a living item of the right type in this tenant', async () => {
    const page = await item(bench.acme, { type: 'Page', title: 'Not an article' });
    const foreign = await item(bench.globex, { type: 'Article', title: 'Foreign', data: { summary: 's' } });
    const dead = await item(bench.acme, { type: 'Article', title: 'Dead', data: { summary: 's' } });
    await mutate(bench.acme, 'deleteContentItem', { id: dead.id });
    const related = [page.id, foreign.id, dead.id, 'nonsense', ''];
    const { faults } = await mutate(bench.acme, 'createContentItem', {
      type: 'Article',
      title: 'x',
      data: { summary: 's', related },
    });
    expect(faults.sort()).toEqual([0, 1, 2, 3, 4].map((index) => `INVALID data.related.${index}`));
  });
});
