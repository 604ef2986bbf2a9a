import type { Command } from 'commander';
import { type OutputOptions, print } from './output.ts';
import { findTenant } from './tenant-view.ts';
import { withApp } from './with-app.ts';

export function addKeysRotate(keys: Command): void {
  keys
    .command('rotate')
    .description('sign tokens of a tenant with a new key; tokens of its earlier keys stay valid')
    .argument('<tenant>', 'its identifier or id')
    .option('--json', 'print JSON')
    .action((tenant: string, options: OutputOptions) =>
      withApp(async ({ app, box }) => {
        const { rotateSigningKey } = await import('../../src/control-plane/tenant-keys.ts');
        const { id } = await findTenant(app, tenant);
        const { control, directory } = app.platform;
        const { keys, nextKey } = await rotateSigningKey({ control, directory, box }, id);
        const kids = keys.map(({ kid }) => kid);
        const rotated = { kid: kids[0], next: nextKey?.kid, kids };
        print(
          options,
          rotated,
          () => `${tenant} signs with ${rotated.kid}; ${rotated.kids.length} keys are valid`,
        );
      }),
    );
}
