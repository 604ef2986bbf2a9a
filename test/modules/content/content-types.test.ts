import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModuleBench, openModuleBench } from '../../support/module-bench.ts';
import { codes, item, mutate, type } from './content-operations.ts';

let bench: ModuleBench;

const KEY = 'an-idempotency-key-of-32-letters';

beforeAll(async () => {
  bench = await openModuleBench(['content']);
});

afterAll(() => bench[Symbol.asyncDispose]());

async function faults(name: string, input: object): Promise<string[]> {
  const result = await mutate(bench.acme, name, input);
  expect(result.contentType ?? result.deletedId ?? null).toBeNull();
  return result.faults;
}

describe('a content type', () => {
  it('comes back as it was declared', async () => {
    const fields = [
      { name: 'size', kind: 'LIST', of: 'ENUMERATION', options: ['S', 'M'], isRequired: true },
      { name: 'note', kind: 'TEXT', maxLength: 5 },
      { name: 'self', kind: 'REFERENCE', referenceTo: 'Shoe' },
    ];
    const { contentType } = await mutate(bench.acme, 'createContentType', {
      name: 'Shoe',
      description: 'Goods',
      fields,
    });
    expect(contentType).toMatchObject({
      name: 'Shoe',
      description: 'Goods',
      revision: 1,
      fields: [
        { ...fields[0], referenceTo: null, maxLength: null },
        { ...fields[1], isRequired: false, options: [], of: null, referenceTo: null },
        { ...fields[2], isRequired: false, options: [], of: null, maxLength: null },
      ],
    });
    const { data } = await bench.acme.run(
      'query ($id: ID!) { node(id: $id) { ... on ContentType { name } } contentTypes(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { id } totalCount } }',
      { id: contentType!.id },
    );
    expect(data).toEqual({
      node: { name: 'Shoe' },
      contentTypes: { nodes: [{ id: contentType!.id }], totalCount: 1 },
    });
  });

  it('is created once per name and per idempotency key', async () => {
    const input = { name: 'Once', fields: [], idempotencyKey: KEY };
    const first = await mutate(bench.acme, 'createContentType', input);
    expect(await mutate(bench.acme, 'createContentType', input)).toEqual(first);
    expect(await faults('createContentType', { ...input, name: 'Twice' })).toEqual([
      'CONFLICT idempotencyKey',
    ]);
    expect(await faults('createContentType', { name: 'Once', fields: [] })).toEqual(['TAKEN name']);
    await type(bench.globex, 'Once', []);
  });

  const bad: [object, string][] = [
    [{ name: '' }, 'INVALID name'],
    [{ name: '1a' }, 'INVALID name'],
    [{ name: 'a.b' }, 'INVALID name'],
    [{ name: '$a' }, 'INVALID name'],
    [{ name: 'a'.repeat(65) }, 'INVALID name'],
    [{ description: 'x'.repeat(1_001) }, 'TOO_LONG description'],
    [{ description: '\u0000' }, 'INVALID description'],
    [
      {
        fields: Array.from({ length: 10 }, (_, field) => ({
          name: `f${field}`,
          kind: 'ENUMERATION',
          options: Array.from({ length: 100 }, (__, index) => `${index}`.padStart(100, '-')),
        })),
      },
      'INVALID fields',
    ],
    [
      { fields: Array.from({ length: 101 }, (_, index) => ({ name: `f${index}`, kind: 'TEXT' })) },
      'LIMIT fields',
    ],
    [{ fields: [{ name: '_a', kind: 'TEXT' }] }, 'INVALID fields.0.name'],
    [{ fields: [{ name: '__proto__', kind: 'TEXT' }] }, 'INVALID fields.0.name'],
    [{ fields: [{ name: 'constructor', kind: 'TEXT' }] }, 'INVALID fields.0.name'],
    [
      {
        fields: [
          { name: 'a', kind: 'TEXT' },
          { name: 'a', kind: 'JSON' },
        ],
      },
      'INVALID fields.1.name',
    ],
    [{ fields: [{ name: 'a', kind: 'ENUMERATION' }] }, 'INVALID fields.0.options'],
    [{ fields: [{ name: 'a', kind: 'ENUMERATION', options: ['x', 'x'] }] }, 'INVALID fields.0.options'],
    [{ fields: [{ name: 'a', kind: 'TEXT', options: ['x'] }] }, 'INVALID fields.0.options'],
    [{ fields: [{ name: 'a', kind: 'LIST' }] }, 'INVALID fields.0.of'],
    [{ fields: [{ name: 'a', kind: 'LIST', of: 'LIST' }] }, 'INVALID fields.0.of'],
    [{ fields: [{ name: 'a', kind: 'TEXT', of: 'TEXT' }] }, 'INVALID fields.0.of'],
    [{ fields: [{ name: 'a', kind: 'REFERENCE' }] }, 'INVALID fields.0.referenceTo'],
    [{ fields: [{ name: 'a', kind: 'REFERENCE', referenceTo: 'Nothing' }] }, 'INVALID fields.0.referenceTo'],
    [{ fields: [{ name: 'a', kind: 'NUMBER', maxLength: 3 }] }, 'INVALID fields.0.maxLength'],
    [{ fields: [{ name: 'a', kind: 'TEXT', maxLength: 0 }] }, 'INVALID fields.0.maxLength'],
    [{ idempotencyKey: 'short' }, 'INVALID idempotencyKey'],
  ];

  it.each(bad.map(([part, fault]) => [JSON.stringify(part).slice(0, 60), fault, part] as const))(
    'that is %s: %s',
    async (_name, fault, part) => {
      expect(await faults('createContentType', { name: 'Bad', fields: [], ...part })).toEqual([fault]);
      expect(await codes(bench.acme, '{ contentType(name: "Bad") { id } }')).toEqual(['NOT_FOUND']);
    },
  );

  it('may grow; what items hold stays as it is', async () => {
    const fields = [
      { name: 'used', kind: 'TEXT' },
      { name: 'spare', kind: 'TEXT' },
    ];
    const id = await type(bench.acme, 'Growing', fields);
    const { id: itemId } = await item(bench.acme, { type: 'Growing', title: 'Item', data: { used: 'x' } });
    const more = [...fields, { name: 'added', kind: 'NUMBER' }];
    const grown = await mutate(bench.acme, 'updateContentType', { id, fields: more, expectedRevision: 1 });
    expect(grown.contentType).toMatchObject({ revision: 2, fields: more });
    expect(await faults('updateContentType', { id, fields, expectedRevision: 1 })).toEqual([
      'CONFLICT expectedRevision',
    ]);
    const usedAsNumber = [{ name: 'used', kind: 'NUMBER' }];
    expect(await faults('updateContentType', { id, fields: usedAsNumber })).toEqual(['IN_USE fields']);
    expect(await faults('updateContentType', { id, fields: fields.slice(1) })).toEqual(['IN_USE fields']);
    const smaller = await mutate(bench.acme, 'updateContentType', {
      id,
      fields: fields.slice(0, 1),
      description: null,
    });
    expect(smaller.faults).toEqual([]);
    // A deleted item can be restored, so its values count too.
    await mutate(bench.acme, 'deleteContentItem', { id: itemId });
    expect(await faults('updateContentType', { id, fields: [] })).toEqual(['IN_USE fields']);
  });

  it('is deleted when nothing needs it', async () => {
    const id = await type(bench.acme, 'Needed', [{ name: 'a', kind: 'TEXT' }]);
    const other = await type(bench.acme, 'Needing', [
      { name: 'to', kind: 'LIST', of: 'REFERENCE', referenceTo: 'Needed' },
    ]);
    const { id: itemId } = await item(bench.acme, { type: 'Needed', title: 'Item', data: { a: 'x' } });
    expect(await faults('deleteContentType', { id })).toEqual(['IN_USE id']);
    await mutate(bench.acme, 'deleteContentItem', { id: itemId });
    expect(await faults('deleteContentType', { id })).toEqual(['IN_USE id']);
    await mutate(bench.acme, 'deleteContentType', { id: other });
    expect(await faults('deleteContentType', { id, expectedRevision: 7 })).toEqual([
      'CONFLICT expectedRevision',
    ]);
    expect((await mutate(bench.acme, 'deleteContentType', { id })).deletedId).toBe(id);
    expect((await mutate(bench.acme, 'restoreContentItem', { id: itemId })).faults).toEqual(['INVALID id']);
    expect(
      (
        await bench.acme.run(
          '{ contentItems(filter: { status: DELETED }) { nodes { data contentType { name } references { field } } } }',
        )
      ).errors,
    ).toEqual([]);
    await type(bench.acme, 'Needed', [{ name: 'a', kind: 'NUMBER' }]);
    expect((await mutate(bench.acme, 'restoreContentItem', { id: itemId })).faults).toEqual(['INVALID id']);
  });
});
