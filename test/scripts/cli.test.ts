import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, parse } from 'graphql';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, WITHIN_A_SECOND_MS } from '../support/eventually.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { changeStamp, ledgerOf } from '../support/migrations.ts';
import { type MongoProxy, openMongoProxy } from '../support/mongo-proxy.ts';
import { mongodbUri, secondMongodbUri } from '../support/mongodb-uri.ts';
import { graphql } from '../support/request.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { type LoadedProgram, loadedProgram } from './loaded-program.ts';

const NO_DATABASE = { MONGODB_URI: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200' };

describe('the command line', { timeout: 60_000 }, () => {
  let dataDir: string;
  let cli: CommandLine;
  let program: LoadedProgram;
  /** The way to the second cluster, until it is closed. */
  let second: MongoProxy;
  /** Serves the same control database, as a gateway beside the command line does. */
  let gateway: TestGateway;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the command line printed as JSON
  let acme: any;
  let globexText: string;

  const ask = (identifier: string, token: string, query = '{ viewer { kind scopes } }') =>
    graphql({ port: gateway.port, path: `/t/${identifier}/graphql`, token, query });

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tenant-gateway-cli-'));
    cli = commandLine(dataDir);
    program = await loadedProgram(cli.env);
    second = await openMongoProxy('', secondMongodbUri());
    gateway = await startGateway({ CONTROL_DATABASE: cli.env['CONTROL_DATABASE']! });
    acme = await cli.json('tenants', 'create', 'acme', '--name', 'Acme', '--email', 'admin@acme.example');
    globexText = (await program.run(['tenants', 'create', 'globex', '--modules', 'content'])).stdout;
  });

  afterAll(async () => {
    await program[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });

  describe('tenants', () => {
    it('are created with credentials that are shown once and work', async () => {
      expect(acme.tenant).toMatchObject({ identifier: 'acme', name: 'Acme', status: 'ACTIVE' });
      expect(acme.bootstrap).toMatchObject({
        clientId: expect.any(String),
        clientSecret: expect.any(String),
      });
      expect((await ask('acme', acme.bootstrap.accessToken)).data).toMatchObject({
        viewer: { kind: 'CLIENT' },
      });
      expect(globexText).toMatch(/clientSecret\s+\S{20}/);
    });

    it('are listed and shown by identifier and by id, without secrets', async () => {
      const [listed, table, byIdentifier, byId] = await Promise.all([
        program.json('tenants', 'list', '--status', 'ACTIVE'),
        program.run(['tenants', 'list']),
        program.json('tenants', 'show', 'acme'),
        program.json('tenants', 'show', acme.tenant.id),
      ]);
      expect(listed.map(({ identifier }: { identifier: string }) => identifier)).toEqual(['acme', 'globex']);
      expect(table.stdout).toMatch(
        /^IDENTIFIER .*\nacme +ACTIVE +DATABASE default +[0-9a-f-]{36} +Acme\nglobex/,
      );
      expect(byIdentifier).toEqual({
        ...{ ...acme.tenant, migration: expect.any(Object), updatedAt: expect.any(String) },
      });
      expect(byId).toEqual(byIdentifier);
      expect(JSON.stringify([listed, byId])).not.toMatch(/sealed|secret|PRIVATE/i);
    });

    it('are suspended and resumed, and a gateway beside follows', async () => {
      const { accessToken } = acme.bootstrap;
      expect(await program.json('tenants', 'suspend', 'acme')).toMatchObject({ status: 'SUSPENDED' });
      await expect
        .poll(async () => (await ask('acme', accessToken)).errors?.[0]?.extensions.code, {
          timeout: WITHIN_A_SECOND_MS,
        })
        .toBe('TENANT_SUSPENDED');
      expect((await program.run(['tenants', 'resume', acme.tenant.id])).stdout).toBe('acme is ACTIVE\n');
      await expect
        .poll(async () => (await ask('acme', accessToken)).errors, { timeout: WITHIN_A_SECOND_MS })
        .toBeUndefined();
    });

    it('are migrated; after Ctrl-C the same command goes on with the rest', async () => {
      const { tenants, fleetRuns } = gateway.app.platform.control;
      const [one, other] = (await tenants.find({}, { sort: { _id: 1 } })).map((record) => ({ record }));
      const whole = [await ledgerOf(gateway, one!), await ledgerOf(gateway, other!)];
      for (const tenant of [one!, other!]) await changeStamp(gateway, tenant, { migrations: [] });
      // As if somebody else were at it: the run waits for that one tenant.
      const migrating = { by: 'elsewhere:1', until: new Date(Date.now() + 3_600_000) };
      await changeStamp(gateway, other!, { migrating });
      const running = cli.start(['tenants', 'migrate']);
      await eventually(async () => expect(await fleetRuns.find({})).toMatchObject([{ done: 1 }]), 30_000);
      expect(await ledgerOf(gateway, one!)).toEqual(whole[0]);
      expect(await program.run(['tenants', 'migrate'])).toEqual({
        code: 1,
        stdout: '',
        stderr: 'tenant-gateway: The tenants are being migrated already; wait until that has ended.\n',
      });
      running.signal('SIGINT');
      expect(await running.ended).toEqual({
        code: 130,
        stdout: '',
        stderr: expect.stringMatching(
          /^tenant-gateway: interrupted: 1 of 2 tenants are done; run it again [^\n]+\n$/,
        ) as string,
      });
      expect(await fleetRuns.find({})).toMatchObject([{ state: 'INTERRUPTED', failed: [] }]);
      expect(await ledgerOf(gateway, other!)).toEqual([]);

      await changeStamp(gateway, other!, { migrating: null });
      expect(await program.json('tenants', 'migrate', '--canary-count', '1')).toMatchObject({
        ...{ state: 'DONE', total: 2, done: 2, migrated: 1, current: 1, quarantined: 0, failed: [] },
        quarantinedTenants: [],
      });
      expect([await ledgerOf(gateway, one!), await ledgerOf(gateway, other!)]).toEqual(whole);
      const { migration } = await program.json('tenants', 'show', other!.record._id);
      expect(migration).toMatchObject({ state: 'CURRENT', pending: [] });
    });

    it('are named where an earlier run put them aside, and the run is not taken for a success', async () => {
      const { tenants } = gateway.app.platform.control;
      const quarantine = {
        ...{ migration: 'content/001', code: 'DuplicateKey', message: 'twice', attempts: 1, at: new Date() },
      };
      await tenants.findOneAndUpdate({ _id: acme.tenant.id }, { $set: { quarantine } });
      const left = await program.run(['tenants', 'migrate']);
      expect([left.code, left.stderr]).toEqual([
        ...[1, 'tenant-gateway: left in quarantine: acme (--retry-failed tries again)\n'],
      ]);
      expect(left.stdout).toMatch(/^acme: in quarantine [^\n]+\n0 migrated, 1 were current, 1 in quarantine/);
      const dry = await program.json('tenants', 'migrate', '--dry-run');
      expect(dry).toMatchObject({ quarantined: 1, quarantinedTenants: ['acme'], failed: [] });
      const retried = await program.json('tenants', 'migrate', '--retry-failed');
      expect(retried).toMatchObject({ current: 2, quarantined: 0, quarantinedTenants: [] });
    });

    it('are deleted with time to think it over, and restored', async () => {
      const { tenant } = await program.json('tenants', 'create', 'hesitant');
      const deleted = await program.run(['tenants', 'delete', 'hesitant']);
      expect(deleted).toMatchObject({ code: 0, stderr: '' });
      expect(deleted.stdout).toMatch(/^hesitant is DELETING; it can be restored until \d{4}-/);
      const { deletion } = await program.json('tenants', 'show', tenant.id);
      expect(deletion).toMatchObject({ finishedAt: null, dropped: null });
      expect(await program.json('tenants', 'restore', 'hesitant')).toMatchObject({
        status: 'ACTIVE',
        deletion: null,
      });
      await program.json('tenants', 'delete', 'hesitant', '--now', '--yes');
    });

    it('are dropped at once only when that is said twice', async () => {
      const { tenant } = await program.json('tenants', 'create', 'short-lived');
      const refused = await program.run(['tenants', 'delete', 'short-lived', '--now']);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toMatch(/^tenant-gateway: .*--yes\n$/);
      expect(await program.json('tenants', 'delete', tenant.id, '--now', '--yes')).toMatchObject({
        status: 'DELETED',
      });
      const { deletion } = await program.json('tenants', 'show', tenant.id);
      expect(deletion.dropped.collections).toEqual([
        { name: '_tenant', documents: 1 },
        { name: 'clients', documents: 1 },
      ]);
      const listed = async (...more: string[]) =>
        (await program.json('tenants', 'list', ...more)).map(({ id }: { id: string }) => id);
      expect(await listed()).not.toContain(tenant.id);
      expect(await listed('--status', 'DELETED')).toContain(tenant.id);
      expect(await listed('--all')).toContain(tenant.id);
      const again = await program.run(['tenants', 'create', 'short-lived']);
      expect(again).toMatchObject({ code: 1, stdout: '' });
      expect(again.stderr).toMatch(/^tenant-gateway: .*taken.*\n$/);
      const [used, released] = await Promise.all([
        program.run(['tenants', 'release', 'acme']),
        program.run(['tenants', 'release', 'short-lived']),
      ]);
      expect(used).toMatchObject({ code: 1, stdout: '' });
      expect(used.stderr).toMatch(/^tenant-gateway: [^\n]+\n$/);
      expect(released).toMatchObject({
        code: 0,
        stdout: 'short-lived can be registered again\n',
        stderr: '',
      });
      const { data } = await graphql({
        port: gateway.port,
        path: '/platform/graphql',
        query: '{ identifierAvailable(identifier: "short-lived") }',
      });
      expect(data).toEqual({ identifierAvailable: true });
    });
  });

  describe('tokens', () => {
    it('of a tenant carry the scopes and the lifetime that are asked for', async () => {
      const [plain, short] = await Promise.all([
        program.run(['token', 'acme']),
        program.json(
          'token',
          'acme',
          '--scope',
          'content:read,settings:read',
          '--scope',
          'tenant:read',
          '--ttl',
          '5m',
        ),
      ]);
      expect(plain.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
      expect((await ask('acme', plain.stdout.trim())).errors).toBeUndefined();
      const { iat, exp } = decodeJwt(short.token);
      expect(exp! - iat!).toBe(300);
      expect(new Date(short.expiresAt).getTime()).toBe(exp! * 1_000);
      const { data } = await ask('acme', short.token);
      expect((data as { viewer: { scopes: string[] } }).viewer.scopes.sort()).toEqual([
        ...['content:read', 'settings:read', 'tenant:read'],
      ]);
      expect((await ask('globex', short.token)).errors?.[0]?.extensions.code).toBe('TENANT_MISMATCH');
    });

    it('of the platform open the operator fields', async () => {
      const token = (
        await program.run(['token', '--platform', '--scope', 'platform:tenants:read'])
      ).stdout.trim();
      const platform = (query: string) =>
        graphql({ port: gateway.port, path: '/platform/graphql', token, query });
      expect((await platform('{ tenants { totalCount } }')).errors).toBeUndefined();
      expect((await platform('{ clusters { name } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    });
  });

  describe('clusters', () => {
    it('are added and listed without their connection strings', async () => {
      const secret = `${second.uri}&appName=hunter2`;
      const added = await cli.run(
        ['clusters', 'add', 'second', '--connection-string', '-', '--budget', '500', '--json'],
        { LOG_LEVEL: 'debug' },
        `${secret}\n`,
      );
      expect(added.code).toBe(0);
      expect(JSON.parse(added.stdout)).toMatchObject({ name: 'second', budget: 500, used: 0 });
      const [listed, twice, bad] = await Promise.all([
        program.run(['clusters', 'list']),
        program.run(['clusters', 'add', 'second', '--connection-string', secret, '--budget', '500']),
        program.run([
          'clusters',
          'add',
          'third',
          '--connection-string',
          `${secret}&tlsCAFile=x`,
          '--budget',
          '5',
        ]),
      ]);
      expect(listed.stdout).toMatch(/^NAME .*\ndefault .*\nsecond +0 +0\/500 +\d+\/1000 +yes +yes\n$/);
      for (const failed of [twice, bad]) {
        expect(failed).toMatchObject({ code: 1, stdout: '' });
        expect(failed.stderr).toMatch(/^tenant-gateway: [^\n]+\n$/);
      }
      expect(JSON.stringify([added, listed, twice, bad])).not.toContain('hunter2');
    });

    it('are changed: budgets, and whether they take tenants', async () => {
      const update = (...options: string[]) => program.json('clusters', 'update', 'second', ...options);
      expect(await update('--budget', '600', '--connection-budget', '200', '--close')).toMatchObject({
        name: 'second',
        budget: 600,
        connectionBudget: 200,
        isOpen: false,
      });
      const [full, nobody, both, nothing] = await Promise.all([
        program.run(['tenants', 'create', 'umbrella', '--cluster', 'second']),
        program.run(['clusters', 'update', 'nobody', '--budget', '5']),
        program.run(['clusters', 'update', 'second', '--open', '--close'], NO_DATABASE),
        program.run(['clusters', 'update', 'second', '--budget', 'many'], NO_DATABASE),
      ]);
      expect([full, nobody, both, nothing].map(({ code, stdout }) => [code, stdout])).toEqual([
        [1, ''],
        [1, ''],
        [2, ''],
        [2, ''],
      ]);
      for (const { stderr } of [full, nobody, both, nothing]) {
        expect(stderr).toMatch(/^tenant-gateway: [^\n]+\n$/);
      }
      expect(full.stderr).toBe(
        'tenant-gateway: The cluster second cannot take another tenant: it is closed.\n',
      );
      expect(nobody.stderr).toBe('tenant-gateway: There is no cluster nobody.\n');
      const opened = await program.run(['clusters', 'update', 'second', '--open']);
      expect(opened.stdout).toMatch(/^NAME .*\nsecond +0 +0\/600 +\d+\/200 +yes +yes\n$/);
    });
  });

  describe('keys', () => {
    it('are rotated: new tokens have the new key, old ones stay valid', async () => {
      const before = acme.bootstrap.accessToken as string;
      const rotated = await program.json('keys', 'rotate', 'acme');
      const { token } = await program.json('token', 'acme');
      expect(rotated.kids).toEqual([rotated.kid, decodeProtectedHeader(before).kid]);
      expect(decodeProtectedHeader(token).kid).toBe(rotated.kid);
      await expect
        .poll(async () => (await ask('acme', token)).errors, { timeout: WITHIN_A_SECOND_MS })
        .toBeUndefined();
      expect((await ask('acme', before)).errors).toBeUndefined();
    });

    it('are sealed again under another master key, and then need the earlier one no more', async () => {
      const next = randomBytes(32).toString('base64');
      const both = { MASTER_KEY: next, MASTER_KEY_PREVIOUS: cli.env['MASTER_KEY']! };
      const rewrap = ['keys', 'rewrap', '--json'];
      const first = await program.run(rewrap, both);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      const { rewrapped, current, failed } = JSON.parse(first.stdout);
      // Three keys of acme and two of globex that sign, the next ones among them; of each the one of hashes; the
      // platform's, and the cluster. Of deleted tenants there is none.
      expect({ rewrapped, current, failed }).toEqual({ rewrapped: 9, current: 0, failed: [] });
      expect(JSON.parse((await program.run(rewrap, both)).stdout)).toEqual({
        rewrapped: 0,
        current: 9,
        failed: [],
      });
      const [old, lost] = await Promise.all([program.run(['token', 'acme']), program.run(rewrap)]);
      expect(old).toMatchObject({ code: 1, stdout: '' });
      expect(lost.code).toBe(1);
      expect(JSON.parse(lost.stdout).failed).toContain(`tenant ${acme.tenant.id}`);
      cli.env['MASTER_KEY'] = next;
      const { token } = await program.json('token', 'acme');
      expect((await ask('acme', token)).errors).toBeUndefined();
    });
  });

  describe('the schema', () => {
    it('is written to files without a database', async () => {
      const out = join(dataDir, 'schema');
      const printed = await cli.run(['schema', 'print', '--out', out, '--json'], NO_DATABASE);
      expect(printed).toMatchObject({ code: 0, stderr: '' });
      const read = (path: string) => readFile(join(out, path), 'utf8');
      const tenant = buildSchema(await read('tenant.graphql'));
      expect(tenant.getQueryType()?.getFields()).toHaveProperty('contentItems');
      expect(
        buildSchema(await read('platform.graphql'))
          .getMutationType()
          ?.getFields(),
      ).toHaveProperty('registerTenant');
      const modules = await readdir(join(out, 'modules'));
      expect(modules).toEqual(expect.arrayContaining(['clients.graphql', 'content.graphql', 'core.graphql']));
      for (const module of modules) parse(await read(`modules/${module}`));
      const content = await read('modules/content.graphql');
      expect(content).toMatch(/extend type Query \{[^}]*contentItems\(/);
      expect(content).toContain('type ContentItem implements Node');
      expect(content).not.toMatch(/type (Client|PageInfo|UserError) /);
      expect(await read('errors.md')).toContain('| `TENANT_MISMATCH` | 403 |');
      expect(await read('errors.md')).toContain('- `IDENTIFIER_TAKEN`');
      expect(await read('scopes.md')).toContain('`content:publish`');
    });

    it('of one tenant goes to standard output', async () => {
      const schema = buildSchema((await program.run(['schema', 'print', '--tenant', 'globex'])).stdout);
      expect(schema.getQueryType()?.getFields()).toHaveProperty('contentItems');
      expect(schema.getQueryType()?.getFields()).not.toHaveProperty('clients');
    });
  });

  it('says what becomes of a tenant whose deployment is away', async () => {
    const dedicated = ['--mode', 'DEDICATED', '--connection-string', second.uri];
    await program.json('tenants', 'create', 'far-away', ...dedicated);
    await second[Symbol.asyncDispose]();
    expect(await program.run(['tenants', 'create', 'lost', '--cluster', 'second'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'tenant-gateway: The cluster second cannot take another tenant: it does not answer.\n',
    });
    expect((await program.run(['tenants', 'show', 'lost'])).stderr).toContain('there is no tenant lost');
    expect(await program.run(['tenants', 'delete', 'far-away', '--now', '--yes'])).toEqual({
      code: 0,
      stdout:
        'far-away is DELETING; it cannot be restored: its data is dropped as soon as its deployment answers\n',
      stderr: '',
    });
  });

  it('resets the demo', async () => {
    const first = await program.json('demo', 'reset');
    expect(first.map(({ identifier }: { identifier: string }) => identifier)).toEqual(['mdn', 'atlas']);
    expect(first[1].itemCount).toBe(250);
    const second = await program.json('demo', 'reset');
    expect(second[0].itemCount).toBe(first[0].itemCount);
    expect(second[0].id).not.toBe(first[0].id);
    const off = await program.run(['demo', 'reset'], { DEMO: 'off' });
    expect(off).toMatchObject({ code: 1, stderr: 'tenant-gateway: there is no demo here: DEMO is off\n' });
  }, 120_000);

  it.each([
    [[]],
    [['tenants']],
    [['tenants', 'lst']],
    [['tenants', 'create']],
    [['tenants', 'list', '--status', 'HAPPY']],
    [['tenants', 'show', 'acme', 'globex']],
    [['token']],
    [['token', 'acme', '--platform']],
    [['token', 'acme', '--ttl', 'soon']],
    [['token', 'acme', '--ttl', '31d']],
    [['token', 'acme', '--scope', 'everything']],
    [['clusters', 'add', 'third', '--budget', 'many', '--connection-string', 'x']],
    [['clusters', 'list', '--colour']],
    [['tenants', 'migrate', '--parallelism', '0']],
    [['tenants', 'migrate', '--parallelism', '65']],
    [['tenants', 'create', 'acme', '--mode', 'DEDICATED']],
  ])('answers wrong use with 2 and one line: %j', async (args) => {
    const { code, stdout, stderr } = await program.run(args, NO_DATABASE);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^tenant-gateway: [^\n]+\n$/);
  });

  it('ends with 2 after wrong use, with 1 and one line after a failure, as JSON where that is asked for', async () => {
    const [misspelt, unknown, unreachable, setting] = await Promise.all([
      cli.run(['tenants', 'lst'], NO_DATABASE),
      cli.run(['tenants', 'show', 'nobody', '--json']),
      cli.run(['tenants', 'list'], NO_DATABASE),
      cli.run(['tenants', 'list'], { MASTER_KEY: 'c2hvcnQ=' }),
    ]);
    expect(misspelt).toMatchObject({ code: 2, stdout: '' });
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(unknown.stderr)).toEqual({
      error: { code: 'NOT_FOUND', message: 'there is no tenant nobody' },
    });
    for (const failed of [unreachable, setting]) {
      expect(failed).toMatchObject({ code: 1, stdout: '' });
      expect(failed.stderr).toMatch(/^tenant-gateway: [^\n]+\n$/);
      expect(failed.stderr).not.toMatch(/\bat [\w.]+ \(|node_modules|c2hvcnQ/);
    }
  });

  it('logs to standard error only, and never a secret', async () => {
    const created = await cli.run(['tenants', 'create', 'talkative', '--json'], { LOG_LEVEL: 'trace' });
    expect(created.code).toBe(0);
    const { bootstrap } = JSON.parse(created.stdout);
    const events = created.stderr
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toContain('tenant_registered');
    expect(created.stderr).not.toContain(bootstrap.clientSecret);
    expect(created.stderr).not.toContain(bootstrap.accessToken);
    expect(created.stderr).not.toContain(cli.env['MASTER_KEY']);
    expect(created.stderr).not.toContain(mongodbUri());
  });

  it('helps', async () => {
    const { code, stdout } = await cli.run(['tenants', '--help'], NO_DATABASE);
    expect(code).toBe(0);
    for (const command of [
      'create',
      'list',
      'show',
      'suspend',
      'resume',
      'delete',
      'restore',
      'release',
      'migrate',
    ]) {
      expect(stdout).toContain(`  ${command} `);
    }
  });
});
