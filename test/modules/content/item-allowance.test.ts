import { afterAll, beforeAll, expect, test } from 'vitest';
import { importContent } from '../../../src/modules/content/import-content.ts';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { codes } from './content-operations.ts';

let bench: ModuleBench;

/** A hundred items, each of which refers to all hundred. */
const SLUGS = Array.from({ length: 100 }, (_, index) => `node-${index}`);

beforeAll(async () => {
  bench = await openModuleBench(['content']);
  for (const tenant of [bench.acme, bench.globex]) {
    await importContent(await tenant.scope(), {
      types: [{ name: 'Book', fields: [{ name: 'text', kind: 'RICH_TEXT' }] }],
      items: SLUGS.map((slug) => ({ type: 'Book', slug, title: slug, data: { text: 'x'.repeat(200_000) } })),
    });
    await importContent(await tenant.scope(), {
      types: [{ name: 'Node', fields: [{ name: 'to', kind: 'LIST', of: 'REFERENCE', referenceTo: 'Node' }] }],
      items: SLUGS.map((slug) => ({ type: 'Node', slug, title: slug, data: { to: SLUGS } })),
    });
  }
});

afterAll(() => bench[Symbol.asyncDispose]());

function along(levels: number): string {
  return levels === 0 ? 'id' : `references { items { ${along(levels - 1)} } }`;
}

test('references are followed as far as an operation may read', async () => {
  const { data, errors } = await bench.acme.run(
    `{ contentItems(first: 20, filter: { type: "Node" }) { nodes { ${along(1)} } } }`,
  );
  expect(errors).toEqual([]);
  expect(data.contentItems.nodes[19].references[0].items).toHaveLength(100);
});

test.each([2, 3])('%i levels of a hundred each are refused before they block everybody', async (levels) => {
  const startedAt = performance.now();
  expect(
    await codes(
      bench.acme,
      `{ contentItems(first: 1, filter: { type: "Node" }) { nodes { ${along(levels)} } } }`,
    ),
  ).toEqual(['LIMIT_EXCEEDED']);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('pages count by what they ask for, and each operation anew', async () => {
  const pages = (count: number) =>
    `{ ${Array.from({ length: count }, (_, index) => `p${index}: contentItems(first: 100, filter: { type: "Node" }) { nodes { id } }`).join(' ')} }`;
  expect(await codes(bench.acme, pages(25))).toEqual([]);
  expect(new Set(await codes(bench.acme, pages(26)))).toEqual(new Set(['LIMIT_EXCEEDED']));
  expect(await codes(bench.acme, pages(25))).toEqual([]);
});

test('a page of large items is answered, and no number of them that would not fit', async () => {
  const page = (name: string) =>
    `${name}: contentItems(first: 100, filter: { type: "Book" }) { nodes { data } }`;
  expect(await codes(bench.acme, `{ ${page('one')} }`)).toEqual([]);
  expect(await codes(bench.acme, `{ ${page('one')} ${page('two')} }`)).toContain('LIMIT_EXCEEDED');
});
