import { constants } from 'node:os';
import { Command, CommanderError } from 'commander';
import { addClustersAdd } from './cli/clusters-add.ts';
import { addClustersList } from './cli/clusters-list.ts';
import { addClustersUpdate } from './cli/clusters-update.ts';
import { addDemoReset } from './cli/demo-reset.ts';
import { failureOf, Interrupted } from './cli/failure.ts';
import { addKeysRewrap } from './cli/keys-rewrap.ts';
import { addKeysRotate } from './cli/keys-rotate.ts';
import { addMongod } from './cli/mongod.ts';
import { addSchemaPrint } from './cli/schema-print.ts';
import { addTenantsCreate } from './cli/tenants-create.ts';
import { addTenantsDelete } from './cli/tenants-delete.ts';
import { addTenantsList } from './cli/tenants-list.ts';
import { addTenantsMigrate } from './cli/tenants-migrate.ts';
import { addTenantsRelease } from './cli/tenants-release.ts';
import { addTenantsRestore } from './cli/tenants-restore.ts';
import { addTenantsResume } from './cli/tenants-resume.ts';
import { addTenantsShow } from './cli/tenants-show.ts';
import { addTenantsSuspend } from './cli/tenants-suspend.ts';
import { addToken } from './cli/token.ts';

/** Exit codes of the contract. */
const DONE = 0;
const FAILED = 1;
const WRONG_USE = 2;

const GROUPS = {
  tenants: {
    description: 'create, look at and take care of tenants',
    commands: [
      ...[addTenantsCreate, addTenantsList, addTenantsShow, addTenantsSuspend],
      ...[addTenantsResume, addTenantsDelete, addTenantsRestore, addTenantsRelease, addTenantsMigrate],
    ],
  },
  clusters: {
    description: 'where tenants live',
    commands: [addClustersList, addClustersAdd, addClustersUpdate],
  },
  keys: { description: 'signing keys and the master key', commands: [addKeysRotate, addKeysRewrap] },
  schema: { description: 'the schema as files', commands: [addSchemaPrint] },
  demo: { description: 'the demo tenants', commands: [addDemoReset] },
};

function createProgram(): Command {
  const program = new Command('tenant-gateway')
    .description('Operates a Tenant Gateway. Settings come from the environment, as for the gateway itself.')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  for (const [name, { description, commands }] of Object.entries(GROUPS)) {
    const group = program.command(name).description(description);
    for (const add of commands) add(group);
  }
  addToken(program);
  addMongod(program);
  return program;
}

/** Runs one command and answers the exit code. Whatever goes wrong is one line on stderr. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...args], { from: 'user' });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return DONE;
      const message = error.code === 'commander.help' ? 'which command? See --help.' : error.message;
      return fail(args, { code: 'WRONG_USE', message: message.replace(/^error: /, '') }, WRONG_USE);
    }
    if (!(error instanceof Interrupted)) return fail(args, failureOf(error), FAILED);
    // What it was in the midst of opening would keep the process; the code is what a shell gives for the signal.
    return process.exit(fail(args, failureOf(error), 128 + constants.signals[error.signal]));
  }
}

function fail(
  args: readonly string[],
  { code, message }: { code: string; message: string },
  exitCode: number,
): number {
  const line = message.replace(/\s*\n\s*/g, ' ').trim();
  const text = args.includes('--json')
    ? JSON.stringify({ error: { code, message: line } })
    : `tenant-gateway: ${line}`;
  process.stderr.write(`${text}\n`);
  return exitCode;
}
