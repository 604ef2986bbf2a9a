import { expect, test } from 'vitest';
import { guardFilter } from '../../src/mongo/guard-filter.ts';

test.each([
  { $where: 'sleep(1000)' },
  { name: { $regex: '^a' } },
  { name: /^a/ },
  { $or: [{ name: { $in: ['a', /b/] } }] },
  { $and: [{ tags: { $elemMatch: { $expr: true } } }] },
])('a filter that could run code or match a pattern is refused: %o', (filter) => {
  expect(() => guardFilter(filter as never)).toThrow(TypeError);
});

test('a filter of typed values passes as it is', () => {
  const filter = { $or: [{ at: { $gt: new Date(0) } }, { name: { $in: ['a', 'b'] }, gone: null }] };
  expect(guardFilter(filter as never)).toBe(filter);
});
