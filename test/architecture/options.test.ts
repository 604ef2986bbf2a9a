import { expect, it } from 'vitest';
import { expectNone } from './expect-none.ts';
import { importsOf } from './imports-of.ts';
import { filesBelow } from './source-file.ts';

it('lists every declaration of an option in options.ts', () => {
  const files = filesBelow('src');
  const declaring = files.filter(({ text }) => /= defineOption\(/.test(text)).map(({ path }) => path);
  const list = files.find(({ path }) => path === 'src/options.ts');
  const listed = list === undefined ? [] : importsOf(list).map(({ target }) => target);
  expect(declaring.length).toBeGreaterThan(3);
  expectNone(
    declaring.filter((path) => path !== 'src/tenancy/option.ts' && !listed.includes(path)),
    'Add one line to src/options.ts for each, or the printed schema lacks it.',
  );
});
