import { type Command, Option } from 'commander';
import { type AccessToken, CLI_CLIENT_ID } from '../../src/auth/access-token.ts';
import { isTenantScope, PLATFORM_SCOPES, type PlatformScope, TENANT_SCOPES } from '../../src/auth/scopes.ts';
import { Failure } from './failure.ts';
import { duration, words } from './option-value.ts';
import { type OutputOptions, print } from './output.ts';
import { findTenant } from './tenant-view.ts';
import { withApp } from './with-app.ts';

interface TokenOptions extends OutputOptions {
  platform?: true;
  scope?: string[];
  ttl: number;
}

/** Lifetime of a token when none is asked for, in milliseconds. */
const DEFAULT_TTL_MS = 3_600_000;

export function addToken(program: Command): void {
  program
    .command('token')
    .description('print an access token of a tenant, or of the platform for its operator')
    .argument('[tenant]', 'its identifier or id')
    .option('--platform', 'an operator token')
    .option('--scope <scopes>', 'scopes, with commas or repeated; all of them when absent', words)
    .addOption(
      new Option('--ttl <duration>', 'how long it lives: 90s, 15m, 1h, 2d; at most 30d')
        .argParser(duration)
        .default(DEFAULT_TTL_MS, '1h'),
    )
    .option('--json', 'print JSON: token and expiresAt')
    .action(async (tenant: string | undefined, options: TokenOptions, command: Command) => {
      const isPlatform = options.platform === true;
      if ((tenant === undefined) !== isPlatform) command.error('name a tenant, or say --platform');
      const unknown = options.scope?.find(
        (scope) => !(isPlatform ? isPlatformScope(scope) : isTenantScope(scope)),
      );
      if (unknown !== undefined) command.error(`there is no scope ${unknown} (schema/scopes.md lists them)`);
      const minted = tenant === undefined ? await ofPlatform(options) : await ofTenant(tenant, options);
      print(options, minted, () => minted.token);
    });
}

function ofTenant(tenant: string, { scope, ttl }: TokenOptions): Promise<AccessToken> {
  return withApp(async ({ app }) => {
    const { id, status } = await findTenant(app, tenant);
    const record = await app.platform.control.tenants.findOne({ _id: id });
    if (record?.keys[0] === undefined) throw new Failure('INVALID', `${tenant} is ${status} and has no keys`);
    return app.tokens.forTenant(record, {
      subject: CLI_CLIENT_ID,
      clientId: CLI_CLIENT_ID,
      scopes: scope ?? TENANT_SCOPES,
      lifetimeMs: ttl,
    });
  });
}

function ofPlatform({ scope, ttl }: TokenOptions): Promise<AccessToken> {
  const scopes = (scope ?? Object.keys(PLATFORM_SCOPES)) as PlatformScope[];
  return withApp(({ app }) => app.tokens.forOperator(scopes, ttl));
}

function isPlatformScope(text: string): text is PlatformScope {
  return Object.hasOwn(PLATFORM_SCOPES, text);
}
