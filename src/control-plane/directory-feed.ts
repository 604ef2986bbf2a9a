import type { mongo } from 'mongoose';
import { changeFeed } from '../mongo/change-feed.ts';
import type { Events } from '../observability/events.ts';
import type { TenantId } from '../tenancy/tenant.ts';
import type { CachedDirectory } from './cached-directory.ts';
import type { ControlDatabase } from './control-database.ts';
import { tenantModel, type TenantRecord } from './tenant-record.ts';

/** Pause before the feed is opened again, in milliseconds. */
const REOPEN_MS = 250;

const PROJECTION = {
  'fullDocument.names': 1,
  'fullDocument.status': 1,
  operationType: 1,
  documentKey: 1,
} as const;

/**
 * Follows the changes of tenant records, whoever makes them: another node, the command line, this process. One change
 * stream per node, because each pins a connection.
 *
 * @param onOutOfService - told about a tenant that is not to be served; `isAborting` when its data is about to go, and
 * a request that still writes would bring its database back to life.
 */
export async function followDirectory(
  control: ControlDatabase,
  directory: CachedDirectory,
  events: Events,
  onOutOfService: (tenant: TenantId, how: { isAborting: boolean }) => void = () => undefined,
): Promise<AsyncDisposable> {
  const feed = changeFeed<mongo.ChangeStreamDocument<TenantRecord>>({
    watch: (stream) =>
      control.db
        .collection(tenantModel.collection)
        .watch([{ $project: PROJECTION }], { fullDocument: 'updateLookup', ...stream }),
    onAnew: () => directory.setFed(true),
    onResumed: () => directory.setFed(true),
    onDown: () => directory.setFed(false),
    onChange(change) {
      if (!('documentKey' in change)) return;
      const id = change.documentKey._id as TenantId;
      const after = 'fullDocument' in change ? change.fullDocument : undefined;
      directory.forget(id, after?.names ?? []);
      const status = after?.status;
      if (status !== 'ACTIVE')
        onOutOfService(id, { isAborting: status !== 'SUSPENDED' && status !== 'MOVING' });
    },
    onLost: (err) => events.directoryFeedLost({ err }),
    reopenMs: REOPEN_MS,
  });
  await feed.follow();
  return feed;
}
