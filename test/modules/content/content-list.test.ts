import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { codes, type Item, published, titles, type } from './content-operations.ts';

let bench: ModuleBench;

const ITEMS = [
  {
    title: 'Apple',
    data: {
      kind: 'fruit',
      price: 3,
      isFresh: true,
      at: '2026-01-01T00:00:00Z',
      tags: ['red', 'round'],
      scores: [1, 10],
    },
  },
  {
    title: 'Banana',
    data: {
      kind: 'fruit',
      price: 1,
      isFresh: false,
      at: '2026-03-01T00:00:00Z',
      tags: ['yellow'],
      scores: [5],
    },
  },
  { title: 'Carrot', data: { kind: 'root', price: 2, tags: ['orange'], note: 'a.*' } },
  { title: 'Date', data: { kind: 'fruit', note: 'b' } },
];

beforeAll(async () => {
  bench = await openModuleBench(['content']);
  await type(bench.acme, 'Food', [
    { name: 'kind', kind: 'ENUMERATION', options: ['fruit', 'root'] },
    { name: 'price', kind: 'NUMBER' },
    { name: 'isFresh', kind: 'BOOLEAN' },
    { name: 'at', kind: 'DATE_TIME' },
    { name: 'tags', kind: 'LIST', of: 'TEXT' },
    { name: 'scores', kind: 'LIST', of: 'NUMBER' },
    { name: 'note', kind: 'TEXT' },
    { name: 'goesWith', kind: 'REFERENCE', referenceTo: 'Food' },
    { name: 'meta', kind: 'JSON' },
  ]);
  await type(bench.acme, 'Other', [{ name: 'price', kind: 'TEXT' }]);
  let goesWith: string | null = null;
  for (const { title, data } of ITEMS) {
    goesWith = (await published(bench.acme, { type: 'Food', title, data: { ...data, goesWith } })).id;
  }
  await published(bench.acme, { type: 'Other', title: 'Else', locale: 'de', data: { price: '2' } });
});

afterAll(() => bench[Symbol.asyncDispose]());

function byField(field: string, condition: string): Promise<string[]> {
  return titles(
    bench.acme,
    `filter: { type: "Food", fields: [{ field: "${field}", condition: { ${condition} } }] }, orderBy: { field: TITLE }`,
  );
}

describe('a list', () => {
  it('is filtered by what every item has', async () => {
    expect(await titles(bench.acme, 'filter: { type: "Other" }')).toEqual(['Else']);
    expect(await titles(bench.acme, 'filter: { locale: "de" }')).toEqual(['Else']);
    expect(await titles(bench.acme, 'filter: { slug: "date" }')).toEqual(['Date']);
    expect(await titles(bench.acme, 'filter: { title: { startsWith: "Ba" } }')).toEqual(['Banana']);
    expect(await titles(bench.acme, 'filter: { title: { startsWith: ".*" } }')).toEqual([]);
    expect(await titles(bench.acme, 'filter: { title: { in: ["Date", "Apple"] } }')).toEqual([
      'Apple',
      'Date',
    ]);
    expect(
      await titles(bench.acme, 'filter: { createdAt: { greaterThan: "2100-01-01T00:00:00Z" } }'),
    ).toEqual([]);
    expect(
      await titles(
        bench.acme,
        'filter: { publishedAt: { greaterThan: "2020-01-01T00:00:00Z", lessThan: "2100-01-01T00:00:00Z" } }',
      ),
    ).toHaveLength(5);
    expect(await titles(bench.acme, 'filter: { type: "None" }')).toEqual([]);
  });

  it('is filtered by declared fields', async () => {
    expect(await byField('kind', 'text: { equals: "root" }')).toEqual(['Carrot']);
    expect(await byField('note', 'text: { startsWith: "a.*" }')).toEqual(['Carrot']);
    expect(await byField('price', 'number: { greaterThanOrEqual: 2 }')).toEqual(['Apple', 'Carrot']);
    expect(await byField('price', 'number: { greaterThan: 1, lessThan: 3 }')).toEqual(['Carrot']);
    expect(await byField('price', 'number: { in: [1, 3] }')).toEqual(['Apple', 'Banana']);
    expect(await byField('isFresh', 'boolean: { equals: false }')).toEqual(['Banana']);
    expect(await byField('at', 'dateTime: { lessThanOrEqual: "2026-01-01T01:00:00+01:00" }')).toEqual([
      'Apple',
    ]);
    expect(await byField('tags', 'text: { in: ["red", "orange"] }')).toEqual(['Apple', 'Carrot']);
    expect(await byField('scores', 'number: { greaterThan: 3, lessThan: 7 }')).toEqual(['Banana']);
    const { data } = await bench.acme.run('{ contentItems(filter: { slug: "apple" }) { nodes { id } } }');
    const id = data.contentItems.nodes[0].id as string;
    expect(await byField('goesWith', `reference: { equals: "${id}" }`)).toEqual(['Banana']);
    expect(await byField('goesWith', `reference: { in: ["nonsense", "${id}"] }`)).toEqual(['Banana']);
    expect(await byField('goesWith', 'reference: { equals: "nonsense" }')).toEqual([]);
  });

  it.each([
    '{ field: CREATED_AT }',
    '{ field: UPDATED_AT, direction: DESC }',
    '{ field: PUBLISHED_AT }',
    '{ field: TITLE, direction: DESC }',
    '{ field: SLUG }',
    '{ dataField: "price" }',
    '{ dataField: "price", direction: DESC }',
    '{ dataField: "at" }',
    '{ dataField: "isFresh" }',
    '{ dataField: "note", direction: DESC }',
  ])('ordered by %s is the same page by page, both ways', async (orderBy) => {
    const args = `filter: { type: "Food" }, orderBy: ${orderBy}`;
    const all = await titles(bench.acme, args);
    expect(all).toHaveLength(4);
    const page = `{ nodes { title } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount }`;
    const forth: string[] = [];
    for (let after = ''; ;) {
      const { data, errors } = await bench.acme.run(`{ contentItems(first: 1, ${args} ${after}) ${page} }`);
      expect(errors).toEqual([]);
      const { nodes, pageInfo, totalCount } = data.contentItems;
      forth.push(...nodes.map(({ title }: Item) => title));
      expect(totalCount).toBe(4);
      if (!pageInfo.hasNextPage) break;
      after = `, after: "${pageInfo.endCursor}"`;
    }
    expect(forth).toEqual(all);
    const back: string[] = [];
    for (let before = ''; ;) {
      const { data } = await bench.acme.run(`{ contentItems(last: 3, ${args} ${before}) ${page} }`);
      const { nodes, pageInfo } = data.contentItems;
      back.unshift(...nodes.map(({ title }: Item) => title));
      if (!pageInfo.hasPreviousPage) break;
      before = `, before: "${pageInfo.startCursor}"`;
    }
    expect(back).toEqual(all);
  });

  it('is ordered by declared fields', async () => {
    const args = 'filter: { type: "Food" }, orderBy: { dataField: "price"';
    expect(await titles(bench.acme, `${args} }`)).toEqual(['Date', 'Banana', 'Carrot', 'Apple']);
    expect(await titles(bench.acme, `${args}, direction: DESC }`)).toEqual([
      'Apple',
      'Carrot',
      'Banana',
      'Date',
    ]);
  });

  const bad = [
    'filter: { fields: [{ field: "price", condition: { number: { equals: 1 } } }] }',
    'filter: { type: "None", fields: [{ field: "price", condition: { number: { equals: 1 } } }] }',
    'filter: { type: "Food", fields: [{ field: "nope", condition: { number: { equals: 1 } } }] }',
    'filter: { type: "Food", fields: [{ field: "$where", condition: { text: { equals: "1" } } }] }',
    'filter: { type: "Food", fields: [{ field: "constructor", condition: { text: { equals: "1" } } }] }',
    'filter: { type: "Food", fields: [{ field: "price", condition: { text: { equals: "1" } } }] }',
    'filter: { type: "Food", fields: [{ field: "price", condition: { number: {} } }] }',
    'filter: { type: "Food", fields: [{ field: "meta", condition: { text: { equals: "1" } } }] }',
    `filter: { title: { equals: "${'x'.repeat(2_000)}" } }`,
    `filter: { slug: "${'x'.repeat(2_000)}" }`,
    'orderBy: { dataField: "price" }',
    'orderBy: { field: TITLE, dataField: "price" }',
    'orderBy: { direction: DESC }',
    'filter: { type: "Food" }, orderBy: { dataField: "nope" }',
    'filter: { type: "Food" }, orderBy: { dataField: "tags" }',
    'filter: { type: "Food" }, orderBy: { dataField: "meta" }',
    'first: 1, last: 1',
    'first: -1',
    'after: "x"',
  ];

  it.each(bad.map((args) => [args.slice(0, 90), args]))('refuses %s', async (_name, args) => {
    expect(await codes(bench.acme, `{ contentItems(${args}) { nodes { id } } }`)).toEqual(['BAD_USER_INPUT']);
  });

  it('refuses too large a page and too long an `in`', async () => {
    const many = JSON.stringify(Array.from({ length: 101 }, String));
    for (const args of ['first: 101', `filter: { title: { in: ${many} } }`]) {
      expect(await codes(bench.acme, `{ contentItems(${args}) { nodes { id } } }`)).toEqual([
        'LIMIT_EXCEEDED',
      ]);
    }
  });

  it('takes exactly one condition per field', async () => {
    const two =
      '{ contentItems(filter: { type: "Food", fields: [{ field: "price", condition: { number: { equals: 1 }, text: { equals: "1" } } }] }) { totalCount } }';
    await expect(bench.acme.run(two)).rejects.toThrow(/exactly one/i);
  });
});
