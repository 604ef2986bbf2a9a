import { allDone } from '../lib/all-done.ts';
import { CodedError } from '../lib/coded-error.ts';
import type { RunStep } from '../lib/run-step.ts';
import { clientModel } from '../modules/clients/client.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { Events } from '../observability/events.ts';
import type { ModuleSets } from '../shell/module-set.ts';
import { type Stamp, stampModel } from '../shell/stamp.ts';
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
  moduleSets: ModuleSets;
  /** How long a request may live, in milliseconds. */
  requestDeadlineMs: number;
  step: RunStep;
  events: Events;
}

/** Writes whose database it is. Nothing exists yet, so every migration is done but for the indexes of first writes. */
async function stampDatabase(
  database: TenantDatabase,
  { _id, placement, modules }: TenantRecord,
  { administrator, moduleSets }: { administrator: Administrator | undefined; moduleSets: ModuleSets },
): Promise<void> {
  const stamp: Stamp = {
    _id: 'stamp',
    tenant: _id as TenantId,
    epoch: placement.epoch,
    migrations: moduleSets.of(modules).migrations.map(({ name, indexes = {} }) => ({
      name,
      at: new Date(),
      deferredCollections: Object.keys(indexes),
    })),
    migrating: null,
    administrator: administrator?.pending ?? null,
    fence: 0,
  };
  try {
    await database.model(stampModel).insert(stamp);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    await database.requireOwn();
  }
}

/** Carries out registrations and undoes those that cannot be finished. */
export function createProvisioning(options: ProvisioningOptions) {
  const { control, directory, clusters, useDatabase, moduleSets, requestDeadlineMs, step, events } = options;

  /** Noted before the first write: what may have been written has to be dropped some day. */
  async function noteReached({ _id }: TenantRecord): Promise<void> {
    const noted = await control.tenants.findOneAndUpdate(
      { _id, status: 'PROVISIONING' },
      { $set: { 'provisioning.isReached': true } },
    );
    if (noted === null) throw takenOver();
  }

  async function activate(tenant: TenantRecord, bootstrap: BootstrapClient): Promise<TenantRecord> {
    const active = await directory.noting(
      control.tenants.findOneAndUpdate(
        { _id: tenant._id, status: 'PROVISIONING' },
        {
          $set: {
            status: 'ACTIVE',
            'provisioning.bootstrapClient': bootstrap.id,
            'provisioning.activeAt': new Date(),
            updatedAt: new Date(),
          },
          $inc: { version: 1 },
        },
      ),
    );
    if (active === null) {
      await leaveToOther(tenant, bootstrap);
      throw takenOver();
    }
    const { _id, identifier, isSelfRegistered } = active;
    events.tenantRegistered({ tenant: _id, identifier, isSelfRegistered });
    return active;
  }

  /** This process was so slow that another one undid the registration or finished it with a client of its own. */
  async function leaveToOther({ _id, placement }: TenantRecord, { id }: BootstrapClient): Promise<void> {
    const current = await control.tenants.findOne({ _id });
    await useDatabase(_id as TenantId, placement, async (database) => {
      // Undone, or about to be: what was written after the drop goes too.
      if (current === null || current.status === 'FAILED') await database.drop();
      else if (current.provisioning.bootstrapClient !== id) {
        await database.model(clientModel).findOneAndDelete({ _id: id });
      }
    });
  }

  return {
    /** Makes what a tenant starts with, whatever of it is there already, and opens the tenant for business. */
    async finish(
      tenant: TenantRecord,
      bootstrap: BootstrapClient,
      administrator: Administrator | undefined,
    ): Promise<TenantRecord> {
      let current = 'open';
      try {
        await useDatabase(tenant._id as TenantId, tenant.placement, async (database) => {
          current = 'fill';
          // The database of the first attempt has a name nobody had before; a record that is read again may have changed.
          if (tenant.provisioning.attempts > 1) await database.requireOwn();
          if (tenant.placement.mode === 'DEDICATED') await noteReached(tenant);
          // At once: a new collection takes longer than all the rest of a registration.
          await allDone([
            step('stamp', () => stampDatabase(database, tenant, { administrator, moduleSets })),
            step('client', () => bootstrap.ensure(database)),
          ]);
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

function takenOver(): CodedError {
  return new CodedError('TENANT_UNAVAILABLE', 'This registration was taken over; try again shortly.', {
    cause: 'the lease of the registration ran out',
    retryAfterMs: LEASE_MS,
  });
}

/** A connection string of its own that never led anywhere: nothing is there to be dropped, and nobody else's server. */
function isNeverReached({ placement, provisioning }: TenantRecord): boolean {
  return placement.mode === 'DEDICATED' && provisioning.isReached !== true;
}

export type Provisioning = ReturnType<typeof createProvisioning>;
