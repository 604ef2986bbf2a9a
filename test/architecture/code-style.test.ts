import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { expectNone } from './expect-none.ts';
import { filesBelow, place, type SourceFile, sourceFile, walk } from './source-file.ts';

function defaultExports(files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const file of files) {
    walk(file.syntax, (node) => {
      const isDefault =
        ts.isExportAssignment(node) ||
        (ts.isExportSpecifier(node) && node.name.text === 'default') ||
        (ts.canHaveModifiers(node) &&
          ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true);
      if (isDefault) found.push(`${place(file, node)} exports a default`);
    });
  }
  return found;
}

/** A suppression on its own line or behind code, without words that say why. */
const BARE_SUPPRESSION = [
  /(?:\/\/|\/\*)\s*eslint-disable(?:-next-line|-line)?\b(?!.*\s--\s+\S)/,
  /(?:\/\/|\/\*)\s*@ts-(?:expect-error|ignore|nocheck)\W*$/,
];

function bareSuppressions(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const isBare = BARE_SUPPRESSION.some((pattern) => pattern.test(line));
      return isBare ? [`${path}:${index + 1}: ${line.trim()}`] : [];
    }),
  );
}

describe('code style', () => {
  const files = filesBelow('src');

  it('has named exports only', () => {
    expect(files.length).toBeGreaterThan(20);
    expectNone(defaultExports(files), 'Export it under the one name it has everywhere.');
  });

  it('says why where a check is suppressed', () => {
    const advice =
      'Better: fix what is reported. Else say why: `// eslint-disable-next-line rule -- reason`.';
    expectNone(bareSuppressions(files), advice);
  });

  it('catches what it forbids', () => {
    const wrong = ['export default 1;', 'export default function f() {}', 'export { f as default };'];
    for (const text of wrong)
      expect(defaultExports([sourceFile('src/lib/a.ts', text)]), text).toHaveLength(1);
    expect(defaultExports([sourceFile('src/lib/a.ts', 'export const a = 1; export { b };')])).toEqual([]);
    const bare = ['// eslint-disable-next-line no-console', 'x; // @ts-expect-error', '/* eslint-disable */'];
    expect(bareSuppressions([sourceFile('src/lib/a.ts', bare.join('\n'))])).toHaveLength(3);
    const told = [
      '// eslint-disable-next-line no-console -- the CLI speaks',
      '// @ts-expect-error the driver lies',
    ];
    expect(bareSuppressions([sourceFile('src/lib/a.ts', told.join('\n'))])).toEqual([]);
  });
});
