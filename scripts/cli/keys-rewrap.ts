import type { Command } from 'commander';
import { Failure } from './failure.ts';
import { type OutputOptions, print } from './output.ts';
import { progressBar } from './progress.ts';
import { withApp } from './with-app.ts';

export function addKeysRewrap(keys: Command): void {
  keys
    .command('rewrap')
    .description(
      'seal every stored secret again under MASTER_KEY, while MASTER_KEY_PREVIOUS still opens them',
    )
    .option('--json', 'print JSON')
    .action((options: OutputOptions) =>
      withApp(async ({ app, box }) => {
        const { rewrapSecrets } = await import('../../src/control-plane/rewrap-secrets.ts');
        const progress = progressBar('Secrets');
        const result = await rewrapSecrets(app.platform.control, box, progress.update).finally(progress.stop);
        const { rewrapped, current, failed } = result;
        print(
          options,
          result,
          () => `${rewrapped} sealed again, ${current} were current, ${failed.length} failed`,
        );
        if (failed.length === 0) return;
        throw new Failure(
          'FAILED',
          `opened by neither MASTER_KEY nor MASTER_KEY_PREVIOUS: ${failed.join(', ')}`,
        );
      }),
    );
}
