import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Written by codegen; nobody names or sizes these. */
const GENERATED = /^test\/consumer\/generated\/|\/node_modules\//;

export interface SourceFile {
  /** From the project's root, with forward slashes: `src/lib/uuid.ts`. */
  readonly path: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
}

/** A file that is not on disk, to show that a rule catches what it is meant to catch. */
export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, syntax: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** Every path below a folder of the project, in order; empty when the folder does not exist. */
export function pathsBelow(folder: string): string[] {
  try {
    return readdirSync(ROOT + folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').slice(ROOT.length))
      .filter((path) => !GENERATED.test(path))
      .sort();
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw failure;
  }
}

/** Every TypeScript file below a folder of the project, parsed. */
export function filesBelow(folder: string): SourceFile[] {
  return pathsBelow(folder)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => sourceFile(path, readFileSync(ROOT + path, 'utf8')));
}

/** `path:line` of a node, so that an editor can open it. */
export function place(file: SourceFile, node: ts.Node): string {
  const { line } = file.syntax.getLineAndCharacterOfPosition(node.getStart(file.syntax));
  return `${file.path}:${line + 1}`;
}

/** Visits a node and everything below it, except below nodes that `isOpaque` says are. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void, isOpaque = (_: ts.Node) => false): void {
  visit(node);
  if (isOpaque(node)) return;
  node.forEachChild((child) => walk(child, visit, isOpaque));
}
