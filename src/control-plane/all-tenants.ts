import type { mongo } from 'mongoose';
import type { ControlDatabase } from './control-database.ts';
import type { TenantRecord } from './tenant-record.ts';

/** Tenants read at once. */
const BATCH = 200;

/** Every tenant that matches, in the order of registration; one that registers meanwhile comes too. */
export async function* allTenants(
  control: ControlDatabase,
  filter: mongo.Filter<TenantRecord> = {},
): AsyncGenerator<TenantRecord> {
  for (let after = ''; ;) {
    const batch = await control.tenants.find(
      { ...filter, _id: { $gt: after } },
      { sort: { _id: 1 }, limit: BATCH },
    );
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined) return;
    after = last._id;
  }
}
