import type { Command } from 'commander';
import { Failure } from './failure.ts';
import { type OutputOptions, print } from './output.ts';
import { withApp } from './with-app.ts';

export function addDemoReset(demo: Command): void {
  demo
    .command('reset')
    .description('delete both demo tenants with everything in them, without asking, and make them anew')
    .option('--json', 'print JSON')
    .action((options: OutputOptions) =>
      withApp(async ({ app, config, log }) => {
        if (!config.hasDemo) throw new Failure('INVALID', 'there is no demo here: DEMO is off');
        const [{ DEMO_PLANS }, { deleteDemo }, { openDemo }] = await Promise.all([
          import('../../src/demo/demo-plans.ts'),
          import('../../src/demo/delete-demo.ts'),
          import('../../src/demo/open-demo.ts'),
        ]);
        for (const plan of DEMO_PLANS) await deleteDemo(app, plan);
        const said: string[] = [];
        const opened = await openDemo(app, log, (line) => void said.push(line));
        if (opened.length < DEMO_PLANS.length)
          throw new Failure('FAILED', said.at(-1) ?? 'not every demo tenant is there');
        const made = opened.map(({ tenant: { id, identifier }, itemCount }) => ({
          id,
          identifier,
          itemCount,
        }));
        print(options, made, () =>
          made.map(({ identifier, itemCount }) => `${identifier} has ${itemCount} items`).join('\n'),
        );
      }),
    );
}
