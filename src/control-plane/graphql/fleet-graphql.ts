import { setTimeout as sleep } from 'node:timers/promises';
import { found } from '../../graphql/not-found.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import type { FleetRequest } from '../fleet-migration.ts';
import {
  FLEET_RUN_STATES,
  type FailedTenant,
  type FleetRun,
  type PlannedTenant,
} from '../fleet-run-record.ts';
import { platformBuilder } from './builder.ts';
import { userErrorsField } from './payload.ts';

/** How long the answer waits for a run that may be over soon, in milliseconds. */
const PATIENCE_MS = 1_000;

const FailedMigration = platformBuilder.objectRef<FailedTenant>('FailedMigration').implement({
  description: 'A tenant that could not be migrated.',
  fields: (t) => ({
    tenant: t.exposeID('tenant'),
    identifier: t.exposeString('identifier'),
    migration: t.exposeString('migration', {
      nullable: true,
      description: 'Null when it did not come to one, as when the database cannot be reached.',
    }),
    code: t.exposeString('code', { description: 'What the database calls it.' }),
    message: t.exposeString('message', { description: 'For people; may change.' }),
  }),
});

const PlannedMigration = platformBuilder.objectRef<PlannedTenant>('PlannedMigration').implement({
  description: 'What would be run for a tenant.',
  fields: (t) => ({
    tenant: t.exposeID('tenant'),
    identifier: t.exposeString('identifier'),
    migrations: t.exposeStringList('migrations'),
  }),
});

const FleetMigrationState = platformBuilder.enumType('FleetMigrationState', {
  description:
    'STOPPED: a canary failed, and no other tenant was touched. INTERRUPTED: start another, it goes on.',
  values: FLEET_RUN_STATES,
});

const FleetMigrationObject = platformBuilder.objectRef<FleetRun>('FleetMigration').implement({
  description: 'One run over all tenants.',
  fields: (t) => ({
    id: t.exposeID('_id'),
    state: t.expose('state', { type: FleetMigrationState }),
    dryRun: t.exposeBoolean('dryRun', { description: 'True: nothing is migrated.' }),
    total: t.exposeInt('total', { description: 'Tenants in service when it began.' }),
    done: t.exposeInt('done', { description: 'Tenants it is through with.' }),
    migrated: t.exposeInt('migrated'),
    current: t.exposeInt('current', { description: 'Tenants that were up to date.' }),
    quarantined: t.exposeInt('quarantined', {
      description: 'Tenants left out because a migration failed there before; see retryFailed.',
    }),
    quarantinedTenants: t.stringList({
      description: 'Identifiers of those. The first 1,000.',
      resolve: ({ quarantinedTenants }) => quarantinedTenants ?? [],
    }),
    failed: t.expose('failed', { type: [FailedMigration], description: 'The first 1,000.' }),
    planned: t.expose('planned', {
      type: [PlannedMigration],
      description: 'Of a dry run: what would be run. The first 1,000.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
  }),
});

platformBuilder.queryField('fleetMigration', (t) =>
  t.field({
    type: FleetMigrationObject,
    nullable: true,
    description: 'How far a run is.',
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, { platform }) => found(await platform.fleet.byId(id)),
  }),
);

const MigrateTenantsInput = platformBuilder.inputType('MigrateTenantsInput', {
  fields: (t) => ({
    canary: t.stringList({
      description: 'Identifiers of tenants that come first; if one fails, no other is touched.',
    }),
    canaryCount: t.int({ description: 'So many of the oldest tenants come first.' }),
    parallelism: t.int({ description: 'Tenants migrated at once; 4 by default, 64 at most.' }),
    retryFailed: t.boolean({ description: 'Tries tenants again where a migration failed before.' }),
    dryRun: t.boolean({ description: 'Only tells which tenants would run which migrations.' }),
  }),
});

platformBuilder.relayMutationField(
  'migrateTenants',
  null,
  {
    description:
      'Starts to bring every tenant up to the migrations of this build, and answers within about a second: of few tenants with the result, of many with a run to look at. One that fails does not stop the others.',
    args: platformBuilder.args((t) => ({ input: t.field({ type: MigrateTenantsInput }) })),
    resolve: (_root, args, { platform }) =>
      withUserErrors(async () => {
        const { run, ended } = await platform.fleet.start(given(args.input ?? {}));
        const soon = await Promise.race([
          ended.catch(() => undefined),
          sleep(PATIENCE_MS, undefined, { ref: false }),
        ]);
        return { run: soon ?? (await platform.fleet.byId(run._id)) ?? run };
      }),
  },
  {
    outputFields: (t) => ({
      fleetMigration: t.field({
        type: FleetMigrationObject,
        nullable: true,
        resolve: ({ run }) => run ?? null,
      }),
      migrated: t.int({ nullable: true, resolve: ({ run }) => run?.migrated ?? null }),
      current: t.int({ nullable: true, resolve: ({ run }) => run?.current ?? null }),
      failed: t.field({ type: [FailedMigration], nullable: true, resolve: ({ run }) => run?.failed ?? null }),
      userErrors: userErrorsField(t),
    }),
  },
);

/** What a caller said; null is as good as nothing. */
function given(input: { [K in keyof FleetRequest]: FleetRequest[K] | null | undefined }): FleetRequest {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value != null)) as FleetRequest;
}
