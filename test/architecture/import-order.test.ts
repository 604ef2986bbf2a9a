import { describe, expect, it } from 'vitest';
import { expectNone } from './expect-none.ts';
import { type Import, importsOf } from './imports-of.ts';
import { filesBelow, type SourceFile, sourceFile } from './source-file.ts';

/** The house, from the ground up: each of these imports only from the ones before it (and from itself). */
const HOUSE = [
  ...['lib', 'config', 'observability', 'mongo', 'tenancy', 'auth', 'shell', 'graphql', 'modules'],
  ...['control-plane', 'sts', 'http', 'options.ts', 'app.ts', 'demo', 'main.ts'],
];

/** Only these assemble the HTTP server. */
const WIRING = ['src/app.ts', 'src/main.ts'];

/** `lib` of `src/lib/uuid.ts`, `app.ts` of `src/app.ts`. */
function partOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function strangers(files: readonly SourceFile[]): string[] {
  return files.filter(({ path }) => !HOUSE.includes(partOf(path))).map(({ path }) => path);
}

function eachImport(
  files: readonly SourceFile[],
  complain: (target: string, file: SourceFile, found: Import) => string | false,
): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((found) => {
      const complaint = found.target !== undefined && complain(found.target, file, found);
      return complaint ? [`${found.place} imports ${found.specifier}: ${complaint}`] : [];
    }),
  );
}

function escapes(files: readonly SourceFile[]): string[] {
  return eachImport(
    files,
    (target) => !target.startsWith('src/') && !target.endsWith('.json') && 'that is outside of src',
  );
}

function upward(files: readonly SourceFile[]): string[] {
  return eachImport(files, (target, { path }) => {
    const [from, to] = [partOf(path), partOf(target)];
    return HOUSE.indexOf(to) > HOUSE.indexOf(from) && `${from} lies below ${to}`;
  });
}

function serverImports(files: readonly SourceFile[]): string[] {
  return eachImport(
    files,
    (target, { path }) =>
      /^src\/http\/server(\/|\.ts$)/.test(target) &&
      !WIRING.includes(path) &&
      'only app.ts assembles the server',
  );
}

describe('import order', () => {
  const files = filesBelow('src');

  it('knows every folder of src', () => {
    expect(files.length).toBeGreaterThan(20);
    expectNone(
      strangers(files),
      'These have no place in the import order. Move them into a folder that has one, or, for a new stage of the pipeline, add it to HOUSE in this test and to src/README.md.',
    );
  });

  it('finds the imports', () => {
    expect(
      files.flatMap(importsOf).filter(({ target }) => target?.startsWith('src/')).length,
    ).toBeGreaterThan(20);
  });

  it('lets a folder import only from folders above it', () => {
    expectNone(
      upward(files),
      `The order is ${HOUSE.join(' > ')}; nothing imports what stands further right. Move what is shared to the left, or declare an interface (a port) on the left and let app.ts hand in what implements it.`,
    );
  });

  it('lets src import nothing outside of src', () => {
    expectNone(
      escapes(files),
      'src is built and shipped without tests, scripts and benchmarks. Move what it needs into src.',
    );
  });

  it('lets only app.ts assemble the server', () => {
    expectNone(
      serverImports(files),
      'Take what you need as a parameter; app.ts constructs it and hands it in.',
    );
  });

  it('catches what it forbids', () => {
    const wrong = sourceFile(
      'src/mongo/wrong.ts',
      [
        "import type { Tenant } from '../tenancy/tenant.ts';",
        "export { app } from '../app.ts';",
        "const server = await import('../http/server.ts');",
        "import { acme } from '../../test/support/acme.ts';",
        "import { uuid } from '../lib/uuid.ts';",
        "import { model } from './model.ts';",
      ].join('\n'),
    );
    expect(upward([wrong])).toEqual([
      'src/mongo/wrong.ts:1 imports ../tenancy/tenant.ts: mongo lies below tenancy',
      'src/mongo/wrong.ts:2 imports ../app.ts: mongo lies below app.ts',
      'src/mongo/wrong.ts:3 imports ../http/server.ts: mongo lies below http',
    ]);
    expect(escapes([wrong])).toHaveLength(1);
    expect(serverImports([wrong])).toHaveLength(1);
    expect(strangers([sourceFile('src/services/wrong.ts', '')])).toHaveLength(1);
  });
});
