import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { type OutputOptions, print } from './output.ts';

interface SchemaOptions extends OutputOptions {
  tenant?: string;
  out: string;
}

/** `schema/` of this checkout, wherever the command is run. */
const SCHEMA = fileURLToPath(new URL('../../schema', import.meta.url));

export function addSchemaPrint(schema: Command): void {
  schema
    .command('print')
    .description('write schema/ (no database needed), or print the SDL one tenant has')
    .option('--tenant <tenant>', 'its identifier or id')
    .option('--out <directory>', 'where to write, when no tenant is named', SCHEMA)
    .option('--json', 'print JSON')
    .action((options: SchemaOptions) =>
      options.tenant === undefined ? writeFiles(options) : printTenant(options.tenant, options),
    );
}

async function writeFiles(options: SchemaOptions): Promise<void> {
  const { printedSchema } = await import('./printed-schema.ts');
  const files = [...printedSchema()].map(([path, text]) => ({ path: join(options.out, path), text }));
  for (const { path, text } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const paths = files.map(({ path }) => relative(process.cwd(), path));
  print(options, { files: paths }, () => paths.join('\n'));
}

async function printTenant(tenant: string, options: SchemaOptions): Promise<void> {
  const [{ printSchema }, { findTenant }, { withApp }] = await Promise.all([
    import('graphql'),
    import('./tenant-view.ts'),
    import('./with-app.ts'),
  ]);
  await withApp(async ({ app }) => {
    const { identifier, modules } = await findTenant(app, tenant);
    const sdl = printSchema(app.schemas.of(modules));
    print(options, { identifier, modules, sdl }, () => sdl);
  });
}
