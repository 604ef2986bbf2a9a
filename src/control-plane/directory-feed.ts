import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import type { Events } from '../observability/events.ts';
import type { TenantId } from '../tenancy/tenant.ts';
import type { CachedDirectory } from './cached-directory.ts';
import type { ControlDatabase } from './control-database.ts';
import { tenantModel, type TenantRecord } from './tenant-record.ts';

/** Pause before the feed is opened again, in milliseconds. */
const REOPEN_MS = 250;

const PROJECTION = { 'fullDocument.names': 1, 'fullDocument.status': 1, operationType: 1, documentKey: 1 } as const;

/**
 * Follows the changes of tenant records, whoever makes them: another node, the command line, this process. One change
 * stream per node, because each pins a connection.
 *
 * @param onOutOfService - told about a tenant that is suspended, moving, deleted or otherwise not to be served.
 */
export async function followDirectory(
  control: ControlDatabase,
  directory: CachedDirectory,
  events: Events,
  onOutOfService: (tenant: TenantId) => void = () => undefined,
): Promise<AsyncDisposable> {
  let isClosed = false;
  let stream: mongo.ChangeStream<TenantRecord> | undefined;

  const open = async (): Promise<void> => {
    stream = control.db
      .collection<TenantRecord>(tenantModel.collection)
      .watch<TenantRecord>([{ $project: PROJECTION }], {
        fullDocument: 'updateLookup',
      });
    // The first answer of the server means that nothing after it can be missed.
    await stream.tryNext();
    directory.setFed(true);
  };

  const follow = async (): Promise<void> => {
    for (;;) {
      try {
        if (stream === undefined) await open();
        // Closed while the feed was being opened again: nobody else would close this stream.
        if (isClosed) await stream?.close();
        for await (const change of stream ?? []) {
          if ('documentKey' in change) {
            const id = String(change.documentKey._id) as TenantId;
            const after = 'fullDocument' in change ? change.fullDocument : undefined;
            directory.forget(id, after?.names ?? []);
            if (after?.status !== 'ACTIVE') onOutOfService(id);
          }
        }
      } catch (err) {
        if (!isClosed) events.directoryFeedLost({ err });
      }
      directory.setFed(false);
      await stream?.close().catch(() => undefined);
      stream = undefined;
      if (isClosed) return;
      await sleep(REOPEN_MS);
      if (isClosed) return;
    }
  };

  await open();
  const following = follow();
  return {
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await stream?.close().catch(() => undefined);
      await following;
    },
  };
}
