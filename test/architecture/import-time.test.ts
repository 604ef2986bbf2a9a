import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { expectNone } from './expect-none.ts';
import { filesBelow, place, type SourceFile, sourceFile, walk } from './source-file.ts';

const TIMER = /^(setTimeout|setInterval|setImmediate)$/;
const NETWORK = /^(fetch|createServer|createSecureServer|createConnection|connect|listen|lookup|request)$/;
const DISK =
  /^(readFile|writeFile|appendFile|readdir|mkdir|mkdtemp|exists|stat|lstat|access|realpath|rm|unlink|open|watch)(Sync)?$|^create(Read|Write)Stream$/;
const PROCESS = /^(spawn|exec|execFile|fork)(Sync)?$/;
const CONSTRUCTED = /^(MongoClient|Worker|WebSocket|Socket|Server|MessageChannel|BroadcastChannel)$/;

/** The process itself starts in main.ts. */
const STARTS = 'src/main.ts';

function importTimeEffects(files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const file of files.filter(({ path }) => path !== STARTS)) {
    const visit = (node: ts.Node) => {
      const effect = effectOf(node);
      if (effect) found.push(`${place(file, node)}: ${effect} when the file is loaded`);
    };
    walk(file.syntax, visit, runsLater);
  }
  return found;
}

/** The body of a function does not run at import time, unless it is called on the spot. */
function runsLater(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)) return true;
  if (ts.isPropertyDeclaration(node)) {
    return !node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
  }
  if (!ts.isFunctionLike(node)) return false;
  let called: ts.Node = node;
  while (ts.isParenthesizedExpression(called.parent)) called = called.parent;
  return !(ts.isCallExpression(called.parent) && called.parent.expression === called);
}

function effectOf(node: ts.Node): string | undefined {
  if (ts.isAwaitExpression(node)) return 'it waits';
  if (ts.isForOfStatement(node) && node.awaitModifier) return 'it waits';
  if (ts.isNewExpression(node)) {
    const name = lastName(node.expression);
    return CONSTRUCTED.test(name) ? `new ${name}() runs` : undefined;
  }
  if (!ts.isCallExpression(node)) return undefined;
  const name = lastName(node.expression);
  if (TIMER.test(name)) return `${name}() starts a timer`;
  if (NETWORK.test(name)) return `${name}() opens the network`;
  if (DISK.test(name)) return `${name}() reaches for the disk`;
  return PROCESS.test(name) && !isMethod(node.expression) ? `${name}() starts a process` : undefined;
}

function lastName(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : '';
}

/** `/pattern/.exec(text)` is no process. */
function isMethod(expression: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'exec';
}

describe('import time', () => {
  it('starts no timer and touches neither network nor disk', () => {
    const files = filesBelow('src');
    expect(files.length).toBeGreaterThan(20);
    expectNone(
      importTimeEffects(files),
      'Loading a file must not do anything. Move this into the function or class that owns it (with [Symbol.asyncDispose] when it must end), and let app.ts call it.',
    );
  });

  it('catches what it forbids', () => {
    const wrong = [
      'setInterval(sweep, 1000);',
      'const page = readFileSync(path);',
      'const page = await readFile(path);',
      "const answer = fetch('http://localhost');",
      'export const server = http.createServer();',
      'const client = new mongo.MongoClient(uri);',
      'class A { static page = fs.readFileSync(path); }',
      '(() => { setTimeout(run, 1); })();',
      "if (isOn) execFile('mongod');",
    ];
    for (const text of wrong)
      expect(importTimeEffects([sourceFile('src/lib/a.ts', text)]), text).not.toEqual([]);
    const right = [
      'export function start() { setTimeout(run, 1); return readFileSync(path); }',
      'const read = async () => await readFile(path);',
      'class A { #timer = setInterval(sweep, 1); open() { fetch(uri); } }',
      'const page = lazy(() => readFileSync(path));',
      'const parts = /a/.exec(text);',
    ];
    for (const text of right) expect(importTimeEffects([sourceFile('src/lib/a.ts', text)]), text).toEqual([]);
    expect(importTimeEffects([sourceFile(STARTS, 'await start();')])).toEqual([]);
  });
});
