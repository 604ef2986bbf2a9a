import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { codes, type Item, item, mutate, type } from './content-operations.ts';

let bench: ModuleBench;
let good: Item;

const MIB = 'x'.repeat(1_048_576);

beforeAll(async () => {
  bench = await openModuleBench(['content']);
  await type(bench.acme, 'Doc', [
    { name: 'text', kind: 'TEXT', maxLength: 10 },
    { name: 'rich', kind: 'RICH_TEXT' },
    { name: 'number', kind: 'NUMBER' },
    { name: 'flag', kind: 'BOOLEAN' },
    { name: 'at', kind: 'DATE_TIME' },
    { name: 'size', kind: 'ENUMERATION', options: ['S'] },
    { name: 'list', kind: 'LIST', of: 'NUMBER' },
    { name: 'to', kind: 'REFERENCE', referenceTo: 'Doc' },
    { name: 'refs', kind: 'LIST', of: 'REFERENCE', referenceTo: 'Doc' },
    { name: 'meta', kind: 'JSON' },
  ]);
  good = await item(bench.acme, { type: 'Doc', title: 'Good', data: { text: 'ok' } });
});

afterAll(() => bench[Symbol.asyncDispose]());

const CASES: [object, string][] = [
  [{ data: [] }, 'INVALID data'],
  [{ data: 'text' }, 'INVALID data'],
  [{ data: 1 }, 'INVALID data'],
  [{ data: { nope: 1 } }, 'INVALID data.nope'],
  [{ data: { $where: '1' } }, 'INVALID data.$where'],
  [{ data: { 'a.b': '1' } }, 'INVALID data.a.b'],
  [{ data: JSON.parse('{"__proto__":{"text":"x"}}') as object }, 'INVALID data.__proto__'],
  [{ data: { constructor: 1 } }, 'INVALID data.constructor'],
  [{ data: { text: 1 } }, 'INVALID data.text'],
  [{ data: { text: { $gt: '' } } }, 'INVALID data.text'],
  [{ data: { text: '12345678901' } }, 'TOO_LONG data.text'],
  [{ data: { text: 'a\nb' } }, 'INVALID data.text'],
  [{ data: { text: 'a\u0000b' } }, 'INVALID data.text'],
  [{ data: { text: '\ud800' } }, 'INVALID data.text'],
  [{ data: { rich: 'a\u0007' } }, 'INVALID data.rich'],
  [{ data: { rich: '\udfff' } }, 'INVALID data.rich'],
  [{ data: { rich: 'x'.repeat(200_001) } }, 'TOO_LONG data.rich'],
  [{ data: { number: '1' } }, 'INVALID data.number'],
  [{ data: { number: { $numberDouble: 'NaN' } } }, 'INVALID data.number'],
  [{ data: { flag: 0 } }, 'INVALID data.flag'],
  [{ data: { at: 'yesterday' } }, 'INVALID data.at'],
  [{ data: { at: 0 } }, 'INVALID data.at'],
  [{ data: { size: 'XL' } }, 'INVALID data.size'],
  [{ data: { list: 1 } }, 'INVALID data.list'],
  [{ data: { list: [1, '2'] } }, 'INVALID data.list.1'],
  [{ data: { list: [null] } }, 'INVALID data.list.0'],
  [{ data: { list: new Array(1_001).fill(1) } }, 'LIMIT data.list'],
  [{ data: { to: 'nothing' } }, 'INVALID data.to'],
  [{ data: { to: { $ne: null } } }, 'INVALID data.to'],
  [{ data: { refs: new Array(101).fill('x') } }, 'LIMIT data.refs'],
  [{ data: { meta: MIB } }, 'TOO_LONG data'],
  [
    { data: Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`f${index}`, 1])) },
    'TOO_LONG data',
  ],
  [{ title: '' }, 'REQUIRED title'],
  [{ title: '  ' }, 'REQUIRED title'],
  [{ title: MIB }, 'TOO_LONG title'],
  [{ title: 'a\nb' }, 'INVALID title'],
  [{ title: '\ud800' }, 'INVALID title'],
  [{ slug: '' }, 'INVALID slug'],
  [{ slug: 'A B' }, 'INVALID slug'],
  [{ slug: '../x' }, 'INVALID slug'],
  [{ slug: MIB }, 'INVALID slug'],
];

function named(cases: [object, string][]): [string, string, object][] {
  return cases.map(([part, fault]) => [JSON.stringify(part).slice(0, 60), fault, part]);
}

describe('bad input', () => {
  it.each(named(CASES))('%s is %s, whether it makes an item or changes one', async (_name, fault, part) => {
    const count = () => bench.acme.db.collection('content_items').countDocuments();
    const before = await count();
    const made = await mutate(bench.acme, 'createContentItem', { type: 'Doc', title: 'New', ...part });
    expect(made).toMatchObject({ contentItem: null, faults: [fault] });
    const changed = await mutate(bench.acme, 'updateContentItem', { id: good.id, ...part });
    expect(changed).toMatchObject({ contentItem: null, faults: [fault] });
    expect(await count()).toBe(before);
    const { data } = await bench.acme.run(
      'query ($id: ID!) { contentItem(id: $id) { title slug data revision } }',
      { id: good.id },
    );
    expect(data.contentItem).toEqual({ title: 'Good', slug: 'good', data: { text: 'ok' }, revision: 1 });
  });

  const ofNewItems: [object, string][] = [
    [{ type: 'None' }, 'INVALID type'],
    [{ type: MIB }, 'INVALID type'],
    [{ type: '$ne' }, 'INVALID type'],
    [{ locale: 'not a locale' }, 'INVALID locale'],
    [{ locale: 'EN' }, 'INVALID locale'],
    [{ idempotencyKey: MIB }, 'TOO_LONG idempotencyKey'],
  ];

  it.each(named(ofNewItems))('%s is %s of a new item', async (_name, fault, part) => {
    const { faults } = await mutate(bench.acme, 'createContentItem', { type: 'Doc', title: 'New', ...part });
    expect(faults.at(-1)).toBe(fault);
  });

  it('of many kinds at once is told at once', async () => {
    const data = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, 1]));
    const { faults } = await mutate(bench.acme, 'createContentItem', { type: 'Doc', title: 'New', data });
    expect(faults).toHaveLength(100);
    const two = { text: 1, to: 'x', list: ['y'] };
    const { faults: three } = await mutate(bench.acme, 'createContentItem', {
      type: 'Doc',
      title: 'New',
      data: two,
    });
    expect(three.sort()).toEqual(['INVALID data.list.0', 'INVALID data.text', 'INVALID data.to']);
  });

  it('deeper than JSON may be is refused', async () => {
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as unknown;
    const query =
      'mutation ($data: JSON) { createContentItem(input: { type: "Doc", title: "Deep", data: $data }) { contentItem { id } } }';
    const { data, errors } = await bench.acme.run(query, { data: { meta: deep } });
    expect(data).toBeUndefined();
    expect(errors[0]).toMatch(/levels deep/);
  });

  const nowhere = [
    ['None', 'good', 'en'],
    ['Doc', 'none', 'en'],
    ['Doc', 'good', 'de'],
    ['$ne', 'good', 'en'],
    ['Doc', '', 'en'],
    ['Doc', 'good', ''],
    ['Doc', MIB, 'en'],
    [MIB, 'good', 'en'],
    ['Doc', 'good', MIB],
  ];

  it('in place of a slug finds nothing', async () => {
    for (const [type, slug, locale] of nowhere) {
      const query =
        'query ($type: String!, $slug: String!, $locale: String) { contentItemBySlug(type: $type, slug: $slug, locale: $locale) { id } }';
      expect(await codes(bench.acme, query, { type, slug, locale })).toEqual(['NOT_FOUND']);
      expect(
        await codes(bench.acme, 'query ($name: String!) { contentType(name: $name) { id } }', {
          name: `${type}!`,
        }),
      ).toEqual(['NOT_FOUND']);
    }
  });

  it('in place of a reference field is refused', async () => {
    for (const field of ['text', 'nope', '$where', MIB]) {
      const query =
        'query ($id: ID!, $field: String) { contentItem(id: $id) { references(field: $field) { field } } }';
      expect(await codes(bench.acme, query, { id: good.id, field })).toEqual(['BAD_USER_INPUT']);
    }
  });
});
