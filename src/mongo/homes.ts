import type { mongo } from 'mongoose';
import { CodedError } from '../lib/coded-error.ts';
import { COMMAND_TIMEOUT_MS } from './command-limits.ts';
import type { Partitioned } from './rows.ts';

/** Name of the collection of application tenants, without prefix. */
export const HOMES = 'application_tenants';

/** An application tenant, as far as its rows have to know. */
export interface Home {
  _id: string;
  status: string;
}

/**
 * To be asked right after rows were inserted. Deleting an application tenant marks it and removes its rows then: a row
 * that was there before the mark goes with the others, and whoever writes one later, because they began before, finds
 * the mark here and takes it back. Under a limit of its own: a caller who hangs up would leave the row behind.
 *
 * @throws {CodedError} NOT_FOUND when one of the rows has no home any more; then none of them is there.
 */
export async function requireHomes<
  T extends { _id: string } & Partial<Pick<Partitioned, 'applicationTenant'>>,
>(homes: mongo.Collection<Home>, collection: mongo.Collection<T>, rows: readonly T[]): Promise<void> {
  const needed = [...new Set(rows.flatMap(({ applicationTenant }) => applicationTenant ?? []))];
  if (needed.length === 0) return;
  const limit = { maxTimeMS: COMMAND_TIMEOUT_MS };
  const standing = { _id: { $in: needed }, status: { $ne: 'DELETING' } };
  if ((await homes.countDocuments(standing, limit)) === needed.length) return;
  const written = { _id: { $in: rows.map(({ _id }) => _id) } } as mongo.Filter<T>;
  await collection.deleteMany(written, limit);
  throw new CodedError('NOT_FOUND', 'Nothing has this id.');
}
