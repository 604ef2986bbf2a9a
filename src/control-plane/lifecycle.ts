import { CodedError } from '../lib/coded-error.ts';
import { userError } from '../lib/user-error.ts';
import type { Events } from '../observability/events.ts';
import type { TenantId, TenantIdentifier, TenantStatus } from '../tenancy/tenant.ts';
import type { CachedDirectory } from './cached-directory.ts';
import type { Clusters } from './clusters.ts';
import type { ControlDatabase } from './control-database.ts';
import type { UseTenantDatabase } from './tenant-database.ts';
import { releasedName, type TenantRecord } from './tenant-record.ts';

export interface LifecycleOptions {
  control: ControlDatabase;
  directory: CachedDirectory;
  clusters: Clusters;
  useDatabase: UseTenantDatabase;
  /** Lets go of the tenant's shell on this node; others follow the change feed. Resolves when it is closed. */
  evictShell(tenant: TenantId, how?: { isAborting: boolean }): Promise<void>;
  events: Events;
}

/** What operators do to a tenant: suspend, resume, delete. */
export function createLifecycle(options: LifecycleOptions) {
  const { control, directory, clusters, useDatabase, evictShell, events } = options;

  /**
   * Moves a tenant between statuses.
   *
   * @throws {CodedError} NOT_FOUND
   * @throws {UserErrors} INVALID when its status does not allow it
   */
  async function move(id: string, from: readonly TenantStatus[], to: TenantStatus): Promise<TenantRecord> {
    const before = await control.tenants.findOne({ _id: id });
    if (before === null) throw new CodedError('NOT_FOUND', 'Nothing has this id.');
    if (before.status === to) return before;
    const after = await control.tenants.findOneAndUpdate(
      { _id: id, status: { $in: [...from] } },
      { $set: { status: to, updatedAt: new Date() }, $inc: { version: 1 } },
    );
    if (after === null)
      throw userError('INVALID', `A tenant that is ${before.status} cannot become ${to}.`, 'id');
    directory.forget(id, after.names);
    events.tenantStatusChanged({ tenant: id, from: before.status, to });
    return after;
  }

  return {
    async suspend(id: string): Promise<TenantRecord> {
      const record = await move(id, ['ACTIVE'], 'SUSPENDED');
      // Requests under way may finish; new ones do not get in.
      void evictShell(id as TenantId);
      return record;
    },
    resume: (id: string): Promise<TenantRecord> => move(id, ['SUSPENDED'], 'ACTIVE'),
    /**
     * Deletes a tenant's data, keys and settings. Its id is never used again and its identifiers stay in quarantine.
     * A deletion that was cut off is carried on by doing it again.
     */
    async delete(id: string): Promise<TenantRecord> {
      const before = await control.tenants.findOne({ _id: id });
      if (before?.status === 'DELETED') return before;
      const deleting = await move(id, ['ACTIVE', 'SUSPENDED', 'FAILED'], 'DELETING');
      // A request that is still writing would bring the database back to life.
      await evictShell(id as TenantId, { isAborting: true });
      const freed = await useDatabase(id as TenantId, deleting.placement, (database) => database.drop());
      const deleted = await control.tenants.findOneAndUpdate(
        { _id: id, status: 'DELETING' },
        {
          $set: {
            status: 'DELETED',
            keys: [],
            settings: {},
            administratorEmail: null,
            'placement.sealedConnectionString': null,
            updatedAt: new Date(),
          },
          $inc: { version: 1 },
        },
      );
      if (deleted === null) return deleting;
      await clusters.account(deleted.placement.cluster, -freed);
      directory.forget(id, deleted.names);
      events.tenantStatusChanged({ tenant: id, from: 'DELETING', to: 'DELETED' });
      return deleted;
    },
    /**
     * Ends the quarantine of a deleted tenant's identifier. One that a living tenant answers to or was issued under
     * belongs to that tenant's record and is therefore never found here.
     */
    async releaseIdentifier(identifier: string): Promise<boolean> {
      const held = { names: identifier as TenantIdentifier, status: 'DELETED' as const };
      const holder = await control.tenants.findOne(held);
      if (holder === null) return false;
      const released = await control.tenants.findOneAndUpdate(
        { _id: holder._id, ...held },
        { $set: { 'names.$': releasedName(holder._id) }, $inc: { version: 1 } },
      );
      if (released !== null) directory.forget(released._id, [identifier]);
      return released !== null;
    },
  };
}

export type Lifecycle = ReturnType<typeof createLifecycle>;
