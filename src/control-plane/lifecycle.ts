import { CodedError } from '../lib/coded-error.ts';
import { userError } from '../lib/user-error.ts';
import type { Events } from '../observability/events.ts';
import type { TenantId, TenantIdentifier, TenantStatus } from '../tenancy/tenant.ts';
import type { CachedDirectory } from './cached-directory.ts';
import type { ControlDatabase } from './control-database.ts';
import { releasedName, type TenantRecord } from './tenant-record.ts';

/** Lets go of the tenant's shell on this node; others follow the change feed. Resolves when it is closed. */
export type EvictShell = (tenant: TenantId, how?: { isAborting: boolean }) => Promise<void>;

export interface LifecycleOptions {
  control: ControlDatabase;
  directory: CachedDirectory;
  evictShell: EvictShell;
  events: Events;
}

/** What operators do to a tenant but delete it: suspend, resume, release its identifier. */
export function createLifecycle(options: LifecycleOptions) {
  const { control, directory, evictShell, events } = options;

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
     * Ends the quarantine of a deleted tenant's identifier. One that a living tenant answers to or was issued under is
     * among that tenant's names for as long as it lives.
     *
     * @throws {UserErrors} IN_USE while it belongs to a tenant that is not wholly deleted; INVALID when nobody has it
     */
    async releaseIdentifier(identifier: string): Promise<void> {
      const holder = await control.tenants.findOne({ names: identifier as TenantIdentifier });
      if (holder === null)
        throw userError('INVALID', 'No deleted tenant holds this identifier.', 'identifier');
      if (holder.status === 'DELETING') {
        throw userError('IN_USE', 'The deletion of its tenant is not finished.', 'identifier');
      }
      if (holder.status !== 'DELETED') {
        throw userError('IN_USE', 'A tenant answers to it or was issued under it.', 'identifier');
      }
      const released = await control.tenants.findOneAndUpdate(
        { _id: holder._id, names: identifier as TenantIdentifier, status: 'DELETED' },
        { $set: { 'names.$': releasedName(holder._id) }, $inc: { version: 1 } },
      );
      // Null: somebody else released it at the same time.
      if (released !== null) directory.forget(released._id, [identifier]);
    },
  };
}

export type Lifecycle = ReturnType<typeof createLifecycle>;
