import type { Command } from 'commander';
import { type OutputOptions, print } from './output.ts';
import { operate } from './operate.ts';
import { withApp } from './with-app.ts';

const SOURCE = `mutation ($input: ReleaseIdentifierInput!) {
  releaseIdentifier(input: $input) { identifier userErrors { code message path } }
}`;

export function addTenantsRelease(tenants: Command): void {
  tenants
    .command('release')
    .description('let anyone have an identifier again that a deleted tenant had')
    .argument('<identifier>', 'as the deleted tenant had it, now or before')
    .option('--json', 'print JSON')
    .action((identifier: string, options: OutputOptions) =>
      withApp(async ({ app }) => {
        await operate(app, SOURCE, { input: { identifier } });
        print(options, { identifier }, () => `${identifier} can be registered again`);
      }),
    );
}
