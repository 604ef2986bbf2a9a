import { CodedError } from '../lib/coded-error.ts';
import type { RunStep } from '../lib/run-step.ts';
import { clientModel } from '../modules/clients/client.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { Events } from '../observability/events.ts';
import type { ModuleSets } from '../shell/module-set.ts';
import { stampModel } from '../shell/stamp.ts';
import type { TenantId } from '../tenancy/tenant.ts';
import type { Administrator } from './administrator.ts';
import type { CachedDirectory } from './cached-directory.ts';
import type { Clusters } from './clusters.ts';
import type { ControlDatabase } from './control-database.ts';
import { lateWritesEnd } from './freshness.ts';
import type { BootstrapClient } from './bootstrap-client.ts';
import type { TenantDatabase, UseTenantDatabase } from './tenant-database.ts';
import type { TenantRecord } from './tenant-record.ts';

/** Namespaces a sign-up creates: `_tenant` and `clients`, a collection and its `_id` index each. */
export const SIGN_UP_NAMESPACES = 4;

/** How long one process may work on a registration before another takes it up, in milliseconds. */
export const LEASE_MS = 10_000;

/** After this many attempts a registration is undone. */
export const MAX_ATTEMPTS = 5;

export interface ProvisioningOptions {
  control: ControlDatabase;
  directory: CachedDirectory;
  clusters: Clusters;
  useDatabase: UseTenantDatabase;
  modules: ModuleSets;
  /** How long a request may live, in milliseconds. */
  requestDeadlineMs: number;
  step: RunStep;
  events: Events;
}

/** What a step works on. */
interface StepContext {
  record: TenantRecord;
  database: TenantDatabase;
  bootstrap: BootstrapClient;
  administrator: Administrator | undefined;
  modules: ModuleSets;
}

/** A step of a registration. Idempotent: it may have run before, wholly or in part. */
interface Step {
  name: string;
  run(context: StepContext): Promise<void>;
}

const STEPS: readonly Step[] = [
  {
    name: 'stamp',
    async run({ record, database, administrator, modules }) {
      const stamp = {
        _id: 'stamp' as const,
        tenant: record._id as TenantId,
        epoch: record.placement.epoch,
        // Nothing exists yet, so every migration of its modules is done but for the indexes its first write will make.
        migrations: modules.of(record.modules).migrations.map(({ name, indexes = {} }) => ({
          name,
          at: new Date(),
          deferredCollections: Object.keys(indexes),
        })),
        migrating: null,
        administrator: administrator?.pending ?? null,
        fence: 0,
      };
      const present = await insertOrFind(database, stamp);
      if (present.tenant !== record._id) {
        throw new Error(
          `database ${record.placement.database} carries the stamp of tenant ${present.tenant}`,
        );
      }
    },
  },
  { name: 'client', run: ({ database, bootstrap }) => bootstrap.ensure(database) },
];

async function insertOrFind(
  database: TenantDatabase,
  stamp: Parameters<ReturnType<typeof stamps>['insert']>[0],
) {
  try {
    return await stamps(database).insert(stamp);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return (await stamps(database).findOne({ _id: 'stamp' })) ?? stamp;
  }
}

function stamps(database: TenantDatabase) {
  return database.model(stampModel);
}

/** Carries out registrations and undoes those that cannot be finished. */
export function createProvisioning(options: ProvisioningOptions) {
  const { control, directory, clusters, useDatabase, modules, requestDeadlineMs, step, events } = options;

  /** Writes a step into the ledger; the lease goes on, because this process is alive. */
  async function record(tenant: TenantRecord, step: string): Promise<void> {
    await control.tenants.findOneAndUpdate(
      { _id: tenant._id, status: 'PROVISIONING' },
      {
        $addToSet: { 'provisioning.done': step },
        $set: { 'provisioning.leasedUntil': new Date(Date.now() + LEASE_MS) },
      },
    );
  }

  async function activate(tenant: TenantRecord, bootstrap: BootstrapClient): Promise<TenantRecord> {
    const active = await control.tenants.findOneAndUpdate(
      { _id: tenant._id, status: 'PROVISIONING' },
      {
        $set: {
          status: 'ACTIVE',
          'provisioning.done': STEPS.map(({ name }) => name),
          'provisioning.bootstrapClient': bootstrap.id,
          'provisioning.activeAt': new Date(),
          updatedAt: new Date(),
        },
        $inc: { version: 1 },
      },
    );
    if (active === null) {
      await leaveToOther(tenant, bootstrap);
      throw new CodedError('TENANT_UNAVAILABLE', 'This registration was taken over; try again shortly.', {
        cause: 'the lease of the registration ran out',
        retryAfterMs: LEASE_MS,
      });
    }
    directory.forget(active._id, active.names);
    const { _id, identifier, isSelfRegistered } = active;
    events.tenantRegistered({ tenant: _id, identifier, isSelfRegistered });
    return active;
  }

  /** This process was so slow that another one undid the registration or finished it with a client of its own. */
  async function leaveToOther({ _id, placement }: TenantRecord, { id }: BootstrapClient): Promise<void> {
    const current = await control.tenants.findOne({ _id });
    await useDatabase(_id as TenantId, placement, async (database) => {
      if (current === null) await database.drop();
      else if (current.provisioning.bootstrapClient !== id) {
        await database.model(clientModel).findOneAndDelete({ _id: id });
      }
    });
  }

  return {
    /** Runs the steps that are not done and opens the tenant for business. */
    async finish(
      tenant: TenantRecord,
      bootstrap: BootstrapClient,
      administrator: Administrator | undefined,
    ): Promise<TenantRecord> {
      let current = 'open';
      try {
        await useDatabase(tenant._id as TenantId, tenant.placement, async (database) => {
          // Written down while the next step runs: steps are idempotent, so a ledger that lags repeats one at most.
          let written: Promise<void> | undefined;
          for (const { name, run } of STEPS) {
            current = name;
            if (tenant.provisioning.done.includes(name)) continue;
            await Promise.all([
              step(name, () => run({ record: tenant, database, bootstrap, administrator, modules })),
              written,
            ]);
            // The last step is written down together with the activation.
            written = name === STEPS.at(-1)?.name ? undefined : record(tenant, name);
          }
          await written;
        });
        current = 'activate';
        return await step('activate', () => activate(tenant, bootstrap));
      } catch (err) {
        events.provisioningFailed({ tenant: tenant._id, step: current, err });
        throw err;
      }
    },

    /**
     * Removes every trace of a tenant nobody can use or ever used, so that its identifier is free again. Marked first:
     * a tenant must not be served while its database goes. One that was in service goes when nothing can be written to
     * it any more, or a visit under way on another node would bring its database back with no record that names it; it
     * is only marked here then, and whoever sweeps next carries on.
     */
    async undo(tenant: TenantRecord): Promise<void> {
      const { _id, names, placement } = tenant;
      if (tenant.status !== 'FAILED') {
        const now = new Date();
        const dropAt = tenant.status === 'ACTIVE' ? lateWritesEnd(now, requestDeadlineMs) : now;
        const marked = await step('undo-mark', () =>
          control.tenants.findOneAndUpdate(
            { _id, status: tenant.status, claimedAt: null },
            {
              $set: { status: 'FAILED', 'provisioning.leasedUntil': dropAt, updatedAt: now },
              $inc: { version: 1 },
            },
          ),
        );
        if (marked === null) return;
        directory.forget(_id, names);
        if (dropAt > now) return;
      }
      try {
        await step('undo-drop', () => useDatabase(_id as TenantId, placement, (database) => database.drop()));
      } catch (error) {
        if (!isNeverReached(tenant)) throw error;
      }
      const gone = await step('undo-remove', () =>
        control.tenants.findOneAndDelete({ _id, status: 'FAILED' }),
      );
      if (gone === null) return;
      await clusters.account(placement.cluster, -SIGN_UP_NAMESPACES);
      directory.forget(_id, names);
    },
  };
}

/** A connection string of its own that never led anywhere: nothing is there to be dropped, and nobody else's server. */
function isNeverReached({ placement, provisioning }: TenantRecord): boolean {
  return placement.mode === 'DEDICATED' && provisioning.done.length === 0;
}

export type Provisioning = ReturnType<typeof createProvisioning>;
