import { generateKeySync } from 'node:crypto';
import { execute, type GraphQLFormattedError, parse, validate } from 'graphql';
import { mongo } from 'mongoose';
import { Abort } from '../../src/lib/abort.ts';
import { ANONYMOUS, type Principal, rowsOf } from '../../src/auth/principal.ts';
import { TENANT_SCOPES } from '../../src/auth/scopes.ts';
import { createTenantSchemas } from '../../src/graphql/tenant-schemas.ts';
import { CodedError } from '../../src/lib/coded-error.ts';
import { type Mail, shownMailer } from '../../src/lib/mailer.ts';
import { uuidv7 } from '../../src/lib/uuid.ts';
import { modules } from '../../src/modules/index.ts';
import '../../src/options.ts';
import { Collections } from '../../src/mongo/collections.ts';
import { type Home, HOMES } from '../../src/mongo/homes.ts';
import { indexesByCollection } from '../../src/mongo/migration.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { openScope, type Scope } from '../../src/shell/scope.ts';
import type { Shell } from '../../src/shell/shell.ts';
import type { TenantRegistration } from '../../src/tenancy/registration.ts';
import { PublicKeys } from '../../src/tenancy/public-keys.ts';
import type { Tenant, TenantId, TenantIdentifier } from '../../src/tenancy/tenant.ts';
import { mongodbUri } from './mongodb-uri.ts';

/** What a document answers, with errors as `code message`. */
export interface Answer {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the answer is JSON of whatever was asked for
  data: any;
  errors: string[];
}

export interface Caller {
  /** Every scope, when absent. */
  scopes?: readonly string[];
  isAnonymous?: boolean;
  clientId?: string;
  /** Id of the application tenant the caller is confined to. */
  applicationTenant?: string | null;
}

/** A tenant with a database of its own, reached through its schema as the endpoint would. */
export interface BenchTenant {
  readonly tenant: Tenant;
  readonly db: mongo.Db;
  /** What was sent so far. */
  readonly mails: readonly Mail[];
  run(source: string, variables?: object, caller?: Caller): Promise<Answer>;
  scope(caller?: Caller): Promise<Scope>;
}

/** acme and globex on one server: modules are tried here without HTTP, tokens and control plane. */
export interface ModuleBench {
  readonly acme: BenchTenant;
  readonly globex: BenchTenant;
  /** Names of the database commands that run while `work` does. */
  commandsOf(work: () => Promise<unknown>): Promise<string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param homes - ids of application tenants that both have. */
export async function openModuleBench(
  enabled: readonly string[],
  homes: readonly string[] = [],
): Promise<ModuleBench> {
  const client = await new mongo.MongoClient(mongodbUri(), { monitorCommands: true }).connect();
  const run = uuidv7().slice(0, 18);
  const acme = benchTenant('acme', client.db(`bench-${run}-acme`), enabled);
  const globex = benchTenant('globex', client.db(`bench-${run}-globex`), enabled);
  for (const { db } of homes.length === 0 ? [] : [acme, globex]) {
    const documents = homes.map((id) => ({ _id: id, identifier: id, status: 'ACTIVE' }));
    await db.collection<Home & { identifier: string }>(HOMES).insertMany(documents);
  }
  return {
    acme,
    globex,
    async commandsOf(work) {
      const names: string[] = [];
      const note = ({ commandName }: { commandName: string }) => void names.push(commandName);
      client.on('commandStarted', note);
      await work();
      client.off('commandStarted', note);
      return names;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([acme.db.dropDatabase(), globex.db.dropDatabase()]);
      await client.close();
    },
  };
}

const schemas = createTenantSchemas(modules);
const indexes = indexesByCollection(modules.flatMap(({ migrations }) => migrations));

function benchTenant(name: string, db: mongo.Db, enabled: readonly string[]): BenchTenant {
  const tenant: Tenant = {
    id: uuidv7() as TenantId,
    identifier: name as TenantIdentifier,
    aliases: [],
    hosts: [],
    trustedIssuers: [],
    name,
    status: 'ACTIVE',
    issuer: `https://gateway.example/t/${name}`,
    modules: enabled,
    settings: {},
    settingsRevision: 0,
    placement: {
      cluster: 'main',
      mode: 'DATABASE',
      database: db.databaseName,
      prefix: '',
      sealedConnectionString: null,
      epoch: 1,
    },
    keys: new PublicKeys([]),
    isClaimed: true,
    version: 1,
  };
  const secretKey = generateKeySync('hmac', { length: 256 });
  const shell = {
    tenant: tenant.id,
    epoch: 1,
    collections: new Collections(db, '', indexes, () => undefined),
    mayWrite: () => true,
    secretKey: () => Promise.resolve(secretKey),
    caches: new WeakMap(),
    // As where no change stream can be had: caches fall back on short lives.
    watch: () => ({ run: () => undefined, stop: () => undefined }),
  } as unknown as Shell;
  const mails: Mail[] = [];
  const scope = ({
    scopes = TENANT_SCOPES,
    clientId = 'tenant-gateway-cli',
    isAnonymous = false,
    applicationTenant = null,
  }: Caller = {}) => {
    const lease = {
      value: Promise.resolve(shell),
      abort: new Abort(),
      isOnly: true,
      isOnlyInNeed: true,
      release: () => undefined,
    };
    const principal: Principal = isAnonymous
      ? ANONYMOUS
      : {
          kind: 'client',
          subject: clientId,
          clientId,
          scopes: new Set(scopes),
          applicationTenant,
          issuedAtMs: Date.now(),
        };
    return openScope(lease, {
      tenant,
      principal,
      // A visitor of a sign-in page is nobody yet, but comes to one application tenant.
      rows: isAnonymous ? { applicationTenant } : rowsOf(principal),
      abort: new Abort(),
      log: createLogger('silent'),
      registration: () => ({}) as TenantRegistration,
      platform: {
        publicUrl: 'https://gateway.example',
        baseDomain: 'tenants.example',
        mailer: shownMailer((mail) => void mails.push(mail)),
      },
    });
  };
  return {
    tenant,
    db,
    mails,
    scope,
    async run(source, variables = {}, caller) {
      const schema = schemas.of(enabled);
      const document = parse(source);
      const faults = validate(schema, document);
      if (faults.length > 0) throw new AggregateError(faults, faults.join('\n'));
      const answer = await execute({
        schema,
        document,
        variableValues: { ...variables },
        contextValue: { scope: await scope(caller), catalogue: modules },
      });
      return {
        data: answer.data,
        errors: (answer.errors ?? []).map((error) => described(error.originalError ?? error)),
      };
    },
  };
}

function described(error: Error | GraphQLFormattedError): string {
  return error instanceof CodedError ? `${error.code} ${error.message}` : `uncoded ${error.message}`;
}
