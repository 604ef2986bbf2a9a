import { bulkhead } from 'cockatiel';
import type { ControlDatabase } from './control-database.ts';
import type { Quarantine } from './quarantine.ts';

/** Tenants migrated at once by one node because they were opened; the rest of its work goes on beside it. */
const AT_ONCE = 2;

/** Tenants that may wait for their turn. Of those beyond, the next opening of their shell thinks again. */
const MAX_WAITING = 10_000;

/** Migrates tenants while they are served. After a deployment all that are opened ask for it at about the same time. */
export function createBackgroundMigration(control: ControlDatabase, quarantine: Quarantine) {
  const turns = bulkhead(AT_ONCE, MAX_WAITING);
  const underWay = new Map<string, Promise<void>>();
  const stop = new AbortController();

  async function migrate(id: string): Promise<void> {
    if (stop.signal.aborted) return;
    const record = await control.tenants.findOne({ _id: id, status: 'ACTIVE' });
    if (record === null || record.quarantine !== undefined) return;
    // Nobody waits for it: where somebody else is at work already, that is as good.
    await quarantine.migrate(record, { waitMs: 0, signal: stop.signal });
  }

  return {
    /** Has its turn sooner or later; asking again meanwhile changes nothing. A failure has been told as an event. */
    ask(id: string): void {
      if (underWay.has(id)) return;
      const turn = turns
        .execute(() => migrate(id))
        .catch(() => undefined)
        .finally(() => underWay.delete(id));
      underWay.set(id, turn);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      stop.abort(new DOMException('the node is going down', 'AbortError'));
      await Promise.all(underWay.values());
    },
  };
}
