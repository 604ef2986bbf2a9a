import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { expectNone } from './expect-none.ts';
import { filesBelow, place, type SourceFile, sourceFile, walk } from './source-file.ts';

const TESTERS = ['it', 'test', 'describe', 'suite', 'bench'];
const HALVES = ['only', 'skip', 'todo'];

function halfTests(files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const file of files) {
    walk(file.syntax, (node) => {
      const half = halfOf(node);
      if (half) found.push(`${place(file, node)}: ${half}`);
    });
  }
  return found;
}

/** `it.only`, `describe.concurrent.skip`, `it(name, { todo: true }, body)`. */
function halfOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && HALVES.includes(node.name.text)) {
    return TESTERS.includes(root(node)) ? `${root(node)}.${node.name.text}` : undefined;
  }
  if (!ts.isCallExpression(node) || !TESTERS.includes(root(node.expression))) return undefined;
  const keys = node.arguments
    .filter(ts.isObjectLiteralExpression)
    .flatMap(({ properties }) => [...properties]);
  const half = keys.find((key) => key.name && HALVES.includes(key.name.getText()));
  return half && `${root(node.expression)} with ${half.getText()}`;
}

function root(expression: ts.Expression): string {
  if (ts.isPropertyAccessExpression(expression) || ts.isCallExpression(expression)) {
    return root(expression.expression);
  }
  return ts.isIdentifier(expression) ? expression.text : '';
}

describe('tests', () => {
  it('run all of them, always', () => {
    const files = filesBelow('test').filter(({ path }) => path.endsWith('.test.ts'));
    expect(files.length).toBeGreaterThan(5);
    expectNone(
      halfTests(files),
      'Finish the test or delete it. Where a machine cannot run it, use skipIf with the reason in its name.',
    );
  });

  it('catches what it forbids', () => {
    const wrong = [
      "it.only('a', f);",
      "describe.concurrent.skip('a', f);",
      "it.todo('a');",
      "test.skip.each([1])('a', f);",
    ];
    wrong.push("it('a', { skip: true }, f);", "it.each([1])('a', { only: true }, f);");
    for (const text of wrong) expect(halfTests([sourceFile('test/a.test.ts', text)]), text).toHaveLength(1);
    const right =
      "it('a', { timeout: 1 }, f); it.skipIf(isWindows)('a', f); cursor.skip(1); it.each([{ skip: 1 }]);";
    expect(halfTests([sourceFile('test/a.test.ts', right)])).toEqual([]);
  });
});
