import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { expectNone } from './expect-none.ts';
import { importsOf } from './imports-of.ts';
import { filesBelow, pathsBelow, type SourceFile, sourceFile, walk } from './source-file.ts';

const MODULES = 'src/modules/';

/** A module's folder, and the path inside of it; undefined for what lies beside the modules (`module.ts`). */
function inModule(path: string): { id: string; rest: string } | undefined {
  const match = /^src\/modules\/([^/]+)\/(.+)$/.exec(path);
  return match?.[1] && match[2] ? { id: match[1], rest: match[2] } : undefined;
}

function moduleIds(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => inModule(path)?.id ?? []))];
}

/** What the manifest in `index.ts` says; a property that is not written out is absent. */
interface Manifest {
  id: string | undefined;
  dependsOn: string[];
  isAlwaysOn: boolean;
}

/** The object with an `id` in what a module's `index.ts` exports: `export const clients = { id: … } satisfies …`. */
function manifestOf(file: SourceFile | undefined): Manifest | undefined {
  let manifest: Manifest | undefined;
  for (const statement of file?.syntax.statements ?? []) {
    const isExported =
      ts.isVariableStatement(statement) &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    if (!isExported) continue;
    walk(statement, (node) => {
      if (!manifest && ts.isObjectLiteralExpression(node)) manifest = asManifest(node);
    });
  }
  return manifest;
}

function asManifest(node: ts.ObjectLiteralExpression): Manifest | undefined {
  const valueOf = (name: string) => {
    const property = node.properties.find((each) => each.name?.getText() === name);
    return property && (ts.isPropertyAssignment(property) ? property.initializer : property);
  };
  const id = valueOf('id');
  if (!id) return undefined;
  const dependsOn: string[] = [];
  const list = valueOf('dependsOn');
  if (list) {
    walk(list, (part) => {
      if (ts.isStringLiteralLike(part)) dependsOn.push(part.text);
    });
  }
  const isAlwaysOn = valueOf('isAlwaysOn')?.kind === ts.SyntaxKind.TrueKeyword;
  return { id: ts.isStringLiteralLike(id) ? id.text : undefined, dependsOn, isAlwaysOn };
}

function manifests(files: readonly SourceFile[]): Map<string, Manifest | undefined> {
  const index = (id: string) => files.find(({ path }) => path === `${MODULES}${id}/index.ts`);
  return new Map(moduleIds(files.map(({ path }) => path)).map((id) => [id, manifestOf(index(id))]));
}

function badManifests(files: readonly SourceFile[]): string[] {
  return [...manifests(files)].flatMap(([id, manifest]) => {
    if (!manifest)
      return [`${MODULES}${id}/index.ts exports no manifest (a const with id, dependsOn, models, …)`];
    return manifest.id === undefined || manifest.id === id
      ? []
      : [`${MODULES}${id}/index.ts says id '${manifest.id}'; folder and id are one name`];
  });
}

function unlisted(files: readonly SourceFile[]): string[] {
  const list = files.find(({ path }) => path === `${MODULES}index.ts`);
  const listed = list ? importsOf(list).map(({ target }) => target) : [];
  return moduleIds(files.map(({ path }) => path))
    .filter((id) => !listed.includes(`${MODULES}${id}/index.ts`))
    .map((id) => `${MODULES}index.ts does not import ./${id}/index.ts`);
}

function misplaced(paths: readonly string[]): string[] {
  return paths.filter((path) => {
    const rest = inModule(path)?.rest;
    if (rest === undefined || /^[^/]+\.(ts|md)$/.test(rest)) return false;
    return !/^graphql\/[^/]+\.ts$|^migrations\/[^/]+$/.test(rest);
  });
}

/** Names of the constants that `defineModel` makes. */
function modelNames(files: readonly SourceFile[]): Set<string> {
  const names = new Set<string>(['BoundModel']);
  for (const file of files) {
    walk(file.syntax, (node) => {
      if (!ts.isVariableDeclaration(node) || !node.initializer || !ts.isIdentifier(node.name)) return;
      if (/^defineModel\b/.test(node.initializer.getText())) names.add(node.name.text);
    });
  }
  return names;
}

function modelReaches(files: readonly SourceFile[]): string[] {
  const models = modelNames(files);
  return files.flatMap((file) => {
    const rest = inModule(file.path)?.rest;
    if (rest === undefined || /(^|-)store\.ts$/.test(rest) || /^(index\.ts|migrations\/.+)$/.test(rest))
      return [];
    return importsOf(file).flatMap((found) => {
      const isOfModule = found.target !== undefined && inModule(found.target) !== undefined;
      const isModel = (name: string) => models.has(name) || (isOfModule && name.endsWith('Model'));
      return found.values.filter(isModel).map((name) => `${found.place} imports ${name}`);
    });
  });
}

function graphqlBelow(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => /(^|-)(store|service)\.ts$/.test(inModule(path)?.rest ?? ''))
    .flatMap(importsOf)
    .filter(({ specifier }) => /^(graphql(-.+)?|@pothos\/.+)$/.test(specifier))
    .map(({ place: where, specifier }) => `${where} imports ${specifier}`);
}

function uninvitedImports(files: readonly SourceFile[]): string[] {
  const known = manifests(files);
  return files.flatMap((file) => {
    const from = inModule(file.path);
    if (!from && file.path === `${MODULES}index.ts`) return [];
    return importsOf(file).flatMap(({ place: where, specifier, target = '' }) => {
      const to = inModule(target);
      if (from && target === `${MODULES}index.ts`) return [`${where} imports the list of all modules`];
      if (!to || to.id === from?.id || !target.startsWith(MODULES)) return [];
      if (!from) return [`${where} imports ${specifier}, though it is not of a module itself`];
      // What every tenant has is there whichever modules are on.
      const isInvited =
        known.get(to.id)?.isAlwaysOn === true || known.get(from.id)?.dependsOn.includes(to.id) === true;
      return isInvited ? [] : [`${where} imports ${specifier}; its dependsOn does not name '${to.id}'`];
    });
  });
}

/** Wrong names, gaps and doubles in every `migrations` folder. */
function misnumbered(paths: readonly string[]): string[] {
  const migrations = paths.filter((path) => /\/migrations\/[^/]+$/.test(path));
  const seen = new Map<string, number>();
  return migrations.sort().flatMap((path) => {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const number = /^(\d{3})-[a-z0-9]+(-[a-z0-9]+)*\.ts$/.exec(path.slice(folder.length + 1))?.[1];
    if (!number) return [`${path} is not named like 001-what-it-does.ts`];
    const expected = (seen.get(folder) ?? 0) + 1;
    seen.set(folder, Number(number));
    return Number(number) === expected ? [] : [`${path} has number ${number} where ${expected} is next`];
  });
}

describe('modules', () => {
  const files = filesBelow('src/modules');
  const paths = pathsBelow('src/modules');

  it('has modules as soon as it lists them', () => {
    const hasList = paths.includes(`${MODULES}index.ts`);
    expect(moduleIds(paths).length, 'src/modules/index.ts lists nothing').toBeGreaterThanOrEqual(
      hasList ? 1 : 0,
    );
  });

  it('gives every module a manifest', () => {
    expectNone(
      badManifests(files),
      'A module is a folder with an index.ts that exports its manifest (see src/modules/module.ts).',
    );
  });

  it('lists every module in modules/index.ts', () => {
    expectNone(unlisted(files), 'Add one line to src/modules/index.ts for each.');
  });

  it('keeps a module flat', () => {
    expectNone(
      misplaced(paths),
      'A module has files of TypeScript, and folders graphql/ and migrations/. Name a part after its noun (client-store.ts) in place of a folder.',
    );
  });

  it('lets only stores touch the model', () => {
    const hasStore = paths.some((path) => path.endsWith('store.ts'));
    expect(modelNames(files).size, 'no defineModel() in src/modules').toBeGreaterThan(hasStore ? 1 : 0);
    expectNone(
      modelReaches(files),
      'Ask the store for plain objects; store.ts is the only file that reads and writes.',
    );
  });

  it('keeps GraphQL out of stores and services', () => {
    expectNone(
      graphqlBelow(files),
      'Throw a UserError or a CodedError; graphql.ts turns it into what the schema says.',
    );
  });

  it('lets a module import only the modules it depends on', () => {
    expectNone(
      uninvitedImports(files),
      "Name the module in the manifest's dependsOn, or move what is shared to a folder above modules. What every module needs to know of modules is in modules/module.ts.",
    );
  });

  it('numbers migrations without gaps', () => {
    expectNone(
      misnumbered(pathsBelow('src')),
      'They run in this order and are recorded under this name; rename before the first release only.',
    );
  });
});

describe('module rules', () => {
  const manifest = "export const clients = { id: 'clients', dependsOn: ['users'] } satisfies Module;";
  const good = [
    sourceFile('src/modules/index.ts', "import { clients } from './clients/index.ts';"),
    sourceFile('src/modules/clients/index.ts', manifest),
    sourceFile(
      'src/modules/clients/client.ts',
      "export const clientModel = defineModel<Client>('clients', schema);",
    ),
    sourceFile('src/modules/clients/store.ts', "import { clientModel } from './client.ts';"),
    sourceFile('src/modules/clients/service.ts', "import type { User } from '../users/user.ts';"),
  ];
  const withFile = (path: string, text: string) => [...good, sourceFile(`src/modules/${path}`, text)];

  it('accept a module as it should be', () => {
    const rules = [badManifests, unlisted, modelReaches, graphqlBelow, uninvitedImports];
    for (const rule of rules) expect(rule(good), rule.name).toEqual([]);
    expect(misplaced(['src/modules/a/graphql/b.ts', 'src/modules/a/migrations/001-c.ts'])).toEqual([]);
  });

  it('catch what they forbid', () => {
    expect(badManifests(withFile('users/user.ts', ''))).toHaveLength(1);
    expect(badManifests(withFile('users/index.ts', manifest))).toHaveLength(1);
    expect(unlisted(withFile('users/index.ts', ''))).toHaveLength(1);
    expect(
      modelReaches(withFile('clients/graphql.ts', "import { clientModel } from './client.ts';")),
    ).toHaveLength(1);
    expect(
      graphqlBelow(withFile('clients/client-store.ts', "import { GraphQLError } from 'graphql';")),
    ).toHaveLength(1);
    const foreign = "import { resourceStore } from '../resources/store.ts';";
    expect(uninvitedImports(withFile('clients/rules.ts', foreign))).toHaveLength(1);
    expect(uninvitedImports(withFile('clients/rules.ts', "import { all } from '../index.ts';"))).toHaveLength(
      1,
    );
    expect(uninvitedImports(withFile('module.ts', "import { a } from './clients/index.ts';"))).toHaveLength(
      1,
    );
    expect(misplaced(['src/modules/a/stores/b.ts', 'src/modules/a/logo.png'])).toHaveLength(2);
  });

  it('catch migrations out of order', () => {
    const folder = 'src/control-plane/migrations';
    expect(misnumbered([`${folder}/001-a.ts`, `${folder}/002-b.ts`])).toEqual([]);
    expect(misnumbered([`${folder}/001-a.ts`, `${folder}/003-b.ts`])).toHaveLength(1);
    expect(misnumbered([`${folder}/001-a.ts`, `${folder}/001-b.ts`])).toHaveLength(1);
    expect(misnumbered([`${folder}/first.ts`])).toHaveLength(1);
  });
});
