import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '../lib/coded-error.ts';
import { isAbortError } from '../lib/deadline.ts';
import type { RunStep } from '../lib/run-step.ts';
import { userError } from '../lib/user-error.ts';
import { isUnreachable } from '../mongo/reachability.ts';
import type { Events } from '../observability/events.ts';
import type { TenantId, TenantStatus } from '../tenancy/tenant.ts';
import { isIssuerName } from '../tenancy/trusted-issuer.ts';
import type { CachedDirectory } from './cached-directory.ts';
import type { Clusters } from './clusters.ts';
import type { ControlDatabase } from './control-database.ts';
import type { DroppedData } from './deletion-record.ts';
import { lateWritesEnd } from './freshness.ts';
import type { EvictShell } from './lifecycle.ts';
import type { UseTenantDatabase } from './tenant-database.ts';
import type { TenantRecord } from './tenant-record.ts';

/** How long one process may work on a deletion before another carries it on, in milliseconds. */
const LEASE_MS = 60_000;

/**
 * Within this time every node that is in touch has heard that the tenant is out of service and has ended its requests,
 * in milliseconds. One that still writes would bring the database back to life.
 */
const SETTLED_MS = 1_000;

/** How long who deletes waits for the process that drops the data, and between looks, in milliseconds. */
const WAIT_MS = 5_000;
const LOOK_MS = 50;

/** After this time a deployment of a tenant's own that still cannot be reached is taken to be gone, in milliseconds. */
const GONE_MS = 7 * 86_400_000;

/** Statuses a tenant can be deleted in. */
const DELETABLE: readonly TenantStatus[] = ['ACTIVE', 'SUSPENDED', 'FAILED'];

export interface DeletionOptions {
  control: ControlDatabase;
  directory: CachedDirectory;
  clusters: Clusters;
  useDatabase: UseTenantDatabase;
  evictShell: EvictShell;
  /** How long a deleted tenant can be restored, in milliseconds. */
  graceMs: number;
  /** How long a request may live, in milliseconds. */
  requestDeadlineMs: number;
  step: RunStep;
  events: Events;
}

/** Who deletes, and whether the tenant's time to be restored is waived. */
export interface DeletionRequest {
  by: string;
  isImmediate: boolean;
}

/**
 * Deletes tenants in two steps: at once the tenant is out of service on every node, and once its time is up its data
 * is dropped by whichever node gets to it. Until then it can be restored.
 */
export function createDeletions(options: DeletionOptions) {
  const { control, directory, clusters, useDatabase, evictShell, step, events } = options;
  const { graceMs, requestDeadlineMs } = options;

  async function required(id: string): Promise<TenantRecord> {
    const record = await control.tenants.findOne({ _id: id });
    if (record === null) throw new CodedError('NOT_FOUND', 'Nothing has this id.');
    return record;
  }

  /**
   * Takes a tenant out of service and settles when its data goes. Asked again it can only go sooner.
   *
   * @throws {CodedError} NOT_FOUND
   * @throws {UserErrors} INVALID when the tenant's status does not allow it
   */
  async function request(id: string, { by, isImmediate }: DeletionRequest): Promise<TenantRecord> {
    const now = new Date();
    const dueAt = new Date(now.getTime() + (isImmediate ? 0 : graceMs));
    const before = await required(id);
    const { status } = before;
    if (status === 'DELETED') return before;
    if (status === 'DELETING') {
      const sooner = await control.tenants.findOneAndUpdate(
        { _id: id, status, 'deletion.startedAt': { $exists: false } },
        { $min: { 'deletion.dueAt': dueAt } },
      );
      return carryOnWhenDue(sooner ?? before);
    }
    const marked = DELETABLE.includes(status)
      ? await step('delete-mark', () =>
          control.tenants.findOneAndUpdate(
            { _id: id, status },
            {
              $set: {
                status: 'DELETING',
                deletion: { requestedAt: now, requestedBy: by, dueAt, statusBefore: status },
                updatedAt: now,
              },
              $inc: { version: 1 },
            },
          ),
        )
      : null;
    if (marked === null) throw userError('INVALID', `A tenant that is ${status} cannot be deleted.`, 'id');
    directory.forget(id, marked.names);
    events.tenantStatusChanged({ tenant: id, from: status, to: 'DELETING' });
    await evictShell(id as TenantId, { isAborting: true });
    return carryOnWhenDue(marked);
  }

  async function carryOnWhenDue(record: TenantRecord): Promise<TenantRecord> {
    const { deletion } = record;
    if (deletion === null || deletion.dueAt.getTime() > Date.now()) return record;
    await sleep(deletion.requestedAt.getTime() + SETTLED_MS - Date.now());
    try {
      for (const until = Date.now() + WAIT_MS; ; await sleep(LOOK_MS)) {
        const current = (await carryOn(record._id)) ?? (await required(record._id));
        // Another process may be at it; whoever wants it gone at once wants to see it gone.
        if (current.status !== 'DELETING' || Date.now() > until) return current;
      }
    } catch (error) {
      // The tenant is out of service all the same; its data is dropped by a sweep once its deployment answers.
      if (isUnreachable(error) || isAbortError(error)) return required(record._id);
      throw error;
    }
  }

  /** Drops the data of a tenant whose time is up. Null when there is nothing to do, or another process does it. */
  async function carryOn(id: string): Promise<TenantRecord | null> {
    const now = new Date();
    const leased = await control.tenants.findOneAndUpdate(
      {
        _id: id,
        status: 'DELETING',
        'deletion.dueAt': { $lte: now },
        $or: [{ 'deletion.leasedUntil': null }, { 'deletion.leasedUntil': { $lt: now } }],
      },
      {
        $set: { 'deletion.leasedUntil': new Date(now.getTime() + LEASE_MS) },
        $min: { 'deletion.startedAt': now },
      },
    );
    if (leased === null) return null;
    const { placement } = leased;
    const dropped = leased.deletion?.dropped ?? (await step('delete-inventory', () => takeInventory(leased)));
    await step('delete-drop', () => useDatabase(id as TenantId, placement, (database) => database.drop()));
    const deleted = await step('delete-finish', () => finish(leased));
    if (deleted === null) return null;
    await clusters.account(placement.cluster, -dropped.namespaces);
    directory.forget(id, leased.names);
    events.tenantStatusChanged({ tenant: id, from: 'DELETING', to: 'DELETED' });
    return deleted;
  }

  async function takeInventory({ _id, placement }: TenantRecord): Promise<DroppedData> {
    const found = await useDatabase(_id as TenantId, placement, (database) => database.inventory());
    await control.tenants.findOneAndUpdate(
      { _id, status: 'DELETING' },
      { $set: { 'deletion.dropped': found } },
    );
    return found;
  }

  /** What is left is a name in quarantine and the ledger of what is gone. */
  function finish({ _id, names, deletion }: TenantRecord): Promise<TenantRecord | null> {
    const now = new Date();
    const dropAgainAt = lateWritesEnd(deletion?.requestedAt ?? new Date(0), requestDeadlineMs);
    const isSettled = dropAgainAt <= now;
    return control.tenants.findOneAndUpdate(
      { _id, status: 'DELETING' },
      {
        $set: {
          status: 'DELETED',
          // Identifiers stay in quarantine; hosts and trusted issuers are free.
          names: names.filter((name) => !name.includes('.') && !isIssuerName(name)),
          hosts: [],
          trustedIssuers: [],
          keys: [],
          nextKey: null,
          sealedSecretKey: null,
          settings: {},
          administratorEmail: null,
          ...(isSettled
            ? { 'placement.sealedConnectionString': null }
            : { 'deletion.dropAgainAt': dropAgainAt }),
          'deletion.leasedUntil': null,
          'deletion.finishedAt': now,
          updatedAt: now,
        },
        // A replay of the key must not find what is gone.
        $unset: { 'provisioning.keyHash': 1, 'provisioning.inputHash': 1 },
        $inc: { version: 1 },
      },
    );
  }

  /**
   * Drops what was written after a drop that nobody waited for. Namespaces of it are not given back: the node that made
   * them could not tell anybody. The credential of a deployment that is gone for good is not kept for ever.
   */
  async function dropAgain({ _id, placement, deletion }: TenantRecord): Promise<void> {
    try {
      const { collections } = await useDatabase(_id as TenantId, placement, async (database) => {
        const found = await database.inventory();
        await database.drop();
        return found;
      });
      if (collections.length > 0) {
        events.lateWritesDropped({ tenant: _id, collections: collections.map(({ name }) => name) });
      }
    } catch (err) {
      const isOwn = placement.mode === 'DEDICATED';
      const dueAt = deletion?.dropAgainAt?.getTime() ?? Infinity;
      if (!isOwn || Date.now() - dueAt < GONE_MS) throw err;
      events.lateWritesLeft({ tenant: _id, err });
    }
    await control.tenants.findOneAndUpdate(
      { _id, status: 'DELETED' },
      {
        $set: { 'placement.sealedConnectionString': null },
        $unset: { 'deletion.dropAgainAt': 1 },
        // Or a rewrap that read the record before would put the connection string back.
        $inc: { version: 1 },
      },
    );
  }

  return {
    request,
    carryOn,
    dropAgain,
    /**
     * Puts a tenant whose data is still there back to where it was.
     *
     * @throws {CodedError} NOT_FOUND
     * @throws {UserErrors} INVALID when it is not being deleted, or its data is going already
     */
    async restore(id: string): Promise<TenantRecord> {
      const { status, deletion } = await required(id);
      if (status !== 'DELETING' || deletion === null) {
        throw userError('INVALID', `A tenant that is ${status} cannot be restored.`, 'id');
      }
      const { statusBefore, requestedAt } = deletion;
      const restored = await control.tenants.findOneAndUpdate(
        {
          _id: id,
          status,
          'deletion.requestedAt': requestedAt,
          'deletion.startedAt': { $exists: false },
        },
        { $set: { status: statusBefore, deletion: null, updatedAt: new Date() }, $inc: { version: 1 } },
      );
      if (restored === null) throw userError('INVALID', 'Its data is being dropped already.', 'id');
      directory.forget(id, restored.names);
      events.tenantStatusChanged({ tenant: id, from: 'DELETING', to: statusBefore });
      return restored;
    },
  };
}

export type Deletions = ReturnType<typeof createDeletions>;
