import { type Command, Option } from 'commander';
import { PLACEMENT_MODES } from '../../src/tenancy/tenant.ts';
import { connectionString } from './connection-string.ts';
import { list, type OutputOptions, print } from './output.ts';
import { operate } from './operate.ts';
import { shown, TENANT_FIELDS, type TenantView } from './tenant-view.ts';
import { withApp } from './with-app.ts';

interface CreateOptions extends OutputOptions {
  name?: string;
  email?: string;
  modules?: string[];
  mode: string;
  cluster?: string;
  connectionString?: string;
  idempotencyKey?: string;
}

interface Created {
  createTenant: {
    tenant: TenantView;
    bootstrap: {
      accessToken: string;
      expiresAt: string;
      clientId: string;
      clientSecret: string;
      setPasswordUrl: string | null;
    } | null;
  };
}

const SOURCE = `mutation ($input: CreateTenantInput!) {
  createTenant(input: $input) {
    tenant { ${TENANT_FIELDS} }
    bootstrap { accessToken expiresAt clientId clientSecret setPasswordUrl }
    userErrors { code message path }
  }
}`;

export function addTenantsCreate(tenants: Command): void {
  tenants
    .command('create')
    .description('register a tenant; its first credentials are printed once and never again')
    .argument('<identifier>', '3 to 48 of a-z, 0-9 and single hyphens')
    .option('--name <name>', 'what people call it; the identifier when absent')
    .option('--email <address>', 'of its administrator')
    .option('--modules <ids...>', 'all modules when absent')
    .addOption(
      new Option('--mode <mode>', 'where its data lives').choices(PLACEMENT_MODES).default('DATABASE'),
    )
    .option('--cluster <name>', 'the one with the most room when absent')
    .option('--connection-string <string>', 'for DEDICATED; - reads it from standard input')
    .option('--idempotency-key <key>', 'at least 22 random characters; makes a retry safe')
    .option('--json', 'print JSON')
    .action(async (identifier: string, options: CreateOptions, command: Command) => {
      if (options.mode === 'DEDICATED' && options.connectionString === undefined) {
        command.error('the mode DEDICATED needs --connection-string');
      }
      const placement = {
        mode: options.mode,
        cluster: options.cluster,
        connectionString: await connectionString(options.connectionString),
      };
      const input = {
        identifier,
        name: options.name ?? identifier,
        ...(options.email === undefined ? {} : { administrator: { email: options.email } }),
        modules: options.modules?.flatMap((ids) => ids.split(',')),
        placement,
        idempotencyKey: options.idempotencyKey,
      };
      await withApp(async ({ app }) => {
        const { tenant, bootstrap } = (await operate<Created>(app, SOURCE, { input })).createTenant;
        print(options, { tenant, bootstrap }, () =>
          [
            list(shown(tenant)),
            bootstrap === null ? 'Its credentials were handed out before.' : list({ ...bootstrap }),
          ].join('\n\n'),
        );
      });
    });
}
