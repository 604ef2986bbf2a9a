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
 * the mark here and takes it back. So does who cannot find out: they are told of a failure, and a row that stayed could
 * be one of no home. Under limits of its own: a caller who hangs up would leave the row behind.
 *
 * @throws {CodedError} NOT_FOUND when one of the rows has no home any more; then none of them is there.
 */
export async function requireHomes<
  T extends { _id: string } & Partial<Pick<Partitioned, 'applicationTenant'>>,
>(homes: mongo.Collection<Home>, collection: mongo.Collection<T>, rows: readonly T[]): Promise<void> {
  const needed = [...new Set(rows.flatMap(({ applicationTenant }) => applicationTenant ?? []))];
  if (needed.length === 0) return;
  const standing = { _id: { $in: needed }, status: { $ne: 'DELETING' } };
  const written = { _id: { $in: rows.map(({ _id }) => _id) } } as mongo.Filter<T>;
  // Of what may match many the driver tries nothing again.
  const takeBack = () => collection.deleteMany(written, limits());
  const found = await homes.countDocuments(standing, limits()).catch(async (error: unknown) => {
    await takeBack()
      .catch(takeBack)
      .catch(() => undefined);
    throw error;
  });
  if (found === needed.length) return;
  await takeBack().catch(takeBack);
  throw new CodedError('NOT_FOUND', 'Nothing has this id.');
}

/** The server may be busy, or silent: of that only the signal knows. */
function limits(): { maxTimeMS: number; signal: AbortSignal } {
  return { maxTimeMS: COMMAND_TIMEOUT_MS, signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS) };
}
