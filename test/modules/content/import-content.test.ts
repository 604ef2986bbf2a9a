import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserErrors } from '../../../src/lib/user-error.ts';
import { importContent } from '../../../src/modules/content/import-content.ts';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { anonymous, titles } from './content-operations.ts';

let bench: ModuleBench;

const types = [
  { name: 'Region', fields: [{ name: 'note', kind: 'TEXT' as const }] },
  {
    name: 'Country',
    fields: [
      { name: 'area', kind: 'NUMBER' as const, isRequired: true },
      { name: 'region', kind: 'REFERENCE' as const, referenceTo: 'Region' },
      { name: 'borders', kind: 'LIST' as const, of: 'REFERENCE' as const, referenceTo: 'Country' },
    ],
  },
];

function countries(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    type: 'Country',
    title: `Country ${String(index).padStart(4, '0')}`,
    data: {
      area: index,
      region: 'europe',
      borders: [`country-${String((index + 1) % count).padStart(4, '0')}`],
    },
  }));
}

beforeAll(async () => {
  bench = await openModuleBench(['content']);
});

afterAll(() => bench[Symbol.asyncDispose]());

describe('an import', () => {
  it('brings items that refer to each other, in few commands, in their order, once', async () => {
    const scope = await bench.acme.scope(anonymous);
    const items = [{ type: 'Region', title: 'Europe' }, ...countries(1_200)];
    const progress: number[] = [];
    const commands = await bench.commandsOf(async () => {
      const result = await importContent(scope, { types, items }, (done) => progress.push(done));
      expect(result).toEqual({ types: { created: 2, skipped: 0 }, items: { created: 1_201, skipped: 0 } });
    });
    expect(progress).toEqual([0, 500, 1_000, 1_201]);
    expect(commands.length).toBeLessThan(25);
    const { data } = await bench.acme.run(
      '{ contentItems(first: 2, filter: { type: "Country" }) { totalCount nodes { title status data references { items { title } } } } }',
    );
    expect(data.contentItems.totalCount).toBe(1_200);
    expect(data.contentItems.nodes[1]).toMatchObject({
      title: 'Country 0001',
      status: 'PUBLISHED',
      references: [{ items: [{ title: 'Europe' }] }, { items: [{ title: 'Country 0002' }] }],
    });

    const again = await importContent(await bench.acme.scope(), {
      types,
      items: [...items, ...countries(1_201).slice(-1)],
    });
    expect(again).toEqual({ types: { created: 0, skipped: 2 }, items: { created: 1, skipped: 1_201 } });
  });

  it('imports nothing when an item does not fit', async () => {
    const items = [
      ...countries(2),
      { type: 'Country', title: 'Bad', data: { area: 'large' } },
      { type: 'Country', title: 'Lost', data: { area: 1, region: 'atlantis' } },
    ];
    const failure = await importContent(await bench.globex.scope(), {
      types,
      items: items.slice(0, 3),
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserErrors);
    expect((failure as UserErrors).errors).toMatchObject([
      { code: 'INVALID', path: ['items', '0', 'data', 'region'] },
    ]);
    const region = { type: 'Region', title: 'Europe' };
    const second = await importContent(await bench.globex.scope(), {
      types,
      items: [region, ...items],
    }).catch((error: unknown) => error);
    expect((second as UserErrors).errors).toMatchObject([
      { code: 'INVALID', path: ['items', '3', 'data', 'area'] },
    ]);
    expect(await titles(bench.globex, 'first: 1')).toEqual([]);
  });

  it('is found through the indexes', async () => {
    const items = bench.acme.db.collection('content_items');
    const stages = async (filter: object, sort: object) =>
      JSON.stringify(
        (
          await items
            .find(filter)
            .sort(sort as never)
            .limit(21)
            .explain()
        ).queryPlanner.winningPlan,
      );
    const bySlug = await stages(
      {
        $and: [
          {
            $or: [
              {
                type: 'Country',
                locale: 'en',
                slug: { $in: ['x'] },
                applicationTenant: null,
                deletedAt: null,
              },
            ],
          },
          { status: 'PUBLISHED' },
        ],
      },
      {},
    );
    expect(bySlug).toContain('"indexName":"application_tenant_slug"');
    const living = { status: { $in: ['DRAFT', 'PUBLISHED', 'UNPUBLISHED'] } };
    const list = await stages(
      { $and: [living, { $and: [{ type: { $eq: 'Country' } }] }] },
      { createdAt: 1, _id: 1 },
    );
    expect(list).toContain('"indexName":"created"');
    expect(list).not.toContain('"stage":"SORT"');
    const published = await stages(
      { $and: [{ status: 'PUBLISHED' }, { $and: [{ type: { $eq: 'Country' } }] }] },
      { publishedAt: -1, _id: -1 },
    );
    expect(published).toContain('"indexName":"published"');
    expect(published).not.toContain('"stage":"SORT"');
  });
});
