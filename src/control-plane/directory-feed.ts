import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
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
  let isClosed = false;
  let feed: Feed | undefined;

  const open = async (): Promise<Feed> => {
    const stream = control.db
      .collection<TenantRecord>(tenantModel.collection)
      .watch<TenantRecord, Change>([{ $project: PROJECTION }], { fullDocument: 'updateLookup' });
    // The server's first answer brings a token to resume from: nothing after it can be missed. Waiting for the first
    // read to end would take a second, because the server holds it back until something changes.
    const hasAnswered = once(stream, 'resumeTokenChanged');
    const firstRead = stream.tryNext();
    await Promise.race([hasAnswered, firstRead]);
    directory.setFed(true);
    return { stream, firstRead };
  };

  const apply = (change: Change): void => {
    if (!('documentKey' in change)) return;
    const id = change.documentKey._id as TenantId;
    const after = 'fullDocument' in change ? change.fullDocument : undefined;
    directory.forget(id, after?.names ?? []);
    const status = after?.status;
    if (status !== 'ACTIVE')
      onOutOfService(id, { isAborting: status !== 'SUSPENDED' && status !== 'MOVING' });
  };

  const follow = async (): Promise<void> => {
    while (!isClosed) {
      try {
        feed ??= await open();
        const { stream } = feed;
        // Stopped while the feed was opened again: nobody else would close this stream.
        for (let read = feed.firstRead; !isClosed; read = stream.tryNext()) {
          const change = await read;
          if (change !== null) apply(change);
          // Of a stream that has ended every read is an empty one, at once.
          if (stream.closed || change?.operationType === 'invalidate') break;
        }
      } catch (err) {
        if (!isClosed) events.directoryFeedLost({ err });
      }
      directory.setFed(false);
      await feed?.stream.close().catch(() => undefined);
      feed = undefined;
      if (!isClosed) await sleep(REOPEN_MS);
    }
  };

  feed = await open();
  void follow();
  return {
    async [Symbol.asyncDispose]() {
      isClosed = true;
      // Ends the read under way and with it the loop; the server may take most of a second to say so.
      await feed?.stream.close().catch(() => undefined);
    },
  };
}

type Change = mongo.ChangeStreamDocument<TenantRecord>;

interface Feed {
  stream: mongo.ChangeStream<TenantRecord, Change>;
  firstRead: Promise<Change | null>;
}
