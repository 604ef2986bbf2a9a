import { posix } from 'node:path';
import ts from 'typescript';
import { place, type SourceFile, walk } from './source-file.ts';

export interface Import {
  readonly place: string;
  /** As written. */
  readonly specifier: string;
  /** From the project's root, for a relative import: `src/lib/uuid.ts`. */
  readonly target: string | undefined;
  /** Names imported as values; types are left out. */
  readonly values: readonly string[];
}

/** Every import of a file: static, re-exported, dynamic, and of types alone. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, values: readonly string[]) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const isRelative = specifier.text.startsWith('.');
    const target = isRelative ? posix.join(posix.dirname(file.path), specifier.text) : undefined;
    found.push({ place: place(file, node), specifier: specifier.text, target, values });
  };
  walk(file.syntax, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, importedValues(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, exportedValues(node));
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], []);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, []);
    }
  });
  return found;
}

function importedValues(clause: ts.ImportClause | undefined): string[] {
  if (!clause || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const named = clause.namedBindings;
  return [
    ...(clause.name ? ['default'] : []),
    ...(named && ts.isNamespaceImport(named) ? ['*'] : []),
    ...(named && ts.isNamedImports(named) ? valueNames(named.elements) : []),
  ];
}

function exportedValues(node: ts.ExportDeclaration): string[] {
  if (node.isTypeOnly) return [];
  return node.exportClause && ts.isNamedExports(node.exportClause)
    ? valueNames(node.exportClause.elements)
    : ['*'];
}

function valueNames(elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[]): string[] {
  return elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text);
}
