import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { expectNone } from './expect-none.ts';
import { filesBelow, place, type SourceFile, sourceFile, walk } from './source-file.ts';

const ALLOWED = [
  /^src\/config\/env\.ts$/,
  // Hands the environment to readEnv.
  /^src\/main\.ts$/,
  // Hands the environment on whole to pip, which has settings of its own in there.
  /^src\/mongo\/embedded\/(.+\/)?pip-download\.ts$/,
];

function environmentReads(files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const file of files.filter(({ path }) => !ALLOWED.some((pattern) => pattern.test(path)))) {
    walk(file.syntax, (node) => {
      if (readsEnvironment(node)) found.push(`${place(file, node)}: ${node.getText().split('\n', 1)[0]}`);
    });
  }
  return found;
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (ts.isElementAccessExpression(node)) {
    const key = node.argumentExpression;
    return isProcess(node.expression) && ts.isStringLiteralLike(key) && key.text === 'env';
  }
  if (ts.isVariableDeclaration(node)) {
    return node.initializer !== undefined && isProcess(node.initializer) && !ts.isIdentifier(node.name);
  }
  if (!ts.isImportDeclaration(node)) return false;
  return /^['"](node:)?process['"]$/.test(node.moduleSpecifier.getText());
}

function isProcess(node: ts.Expression): boolean {
  return /^(globalThis\.)?process$/.test(node.getText());
}

describe('environment', () => {
  const files = filesBelow('src');

  it('is read in config/env.ts and nowhere else', () => {
    expect(files.map(({ path }) => path)).toContain('src/config/env.ts');
    expectNone(
      environmentReads(files),
      'Add the setting to src/config/settings.ts and take its value from the config, as a parameter.',
    );
  });

  it('catches every spelling', () => {
    const wrong = [
      'process.env.PORT;',
      "process['env'];",
      'globalThis.process.env;',
      'const { env } = process;',
      "import { env } from 'node:process';",
    ];
    for (const text of wrong)
      expect(environmentReads([sourceFile('src/lib/wrong.ts', text)]), text).toHaveLength(1);
    expect(
      environmentReads([sourceFile('src/lib/right.ts', 'process.pid; const here = process.cwd();')]),
    ).toEqual([]);
  });
});
