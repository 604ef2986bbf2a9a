import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { SETTINGS } from '../../src/config/settings.ts';

function rowOf([name, schema]: [string, z.ZodType]): string {
  const meta = (schema.meta() ?? {}) as Record<
    'description' | 'development' | 'production',
    string | undefined
  >;
  const fallback = schema.safeParse(undefined).data as string | number | undefined;
  const inDevelopment = meta.development ?? fallback;
  return `| \`${name}\` | ${meta.description} | ${inDevelopment} | ${meta.production ?? inDevelopment} |`;
}

test('the settings table of the README says what the schema says', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, table = ''] = /<!-- settings:.*?-->\n([\s\S]*?)<!-- \/settings -->/.exec(readme) ?? [];
  const expected = [
    '| variable | what | development | production |',
    '| --- | --- | --- | --- |',
    ...Object.entries(SETTINGS).map(rowOf),
  ];
  expect(table.trim(), 'copy the rows below into README.md').toBe(expected.join('\n'));
});

test('every script and route the README names exists', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = [...readme.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
