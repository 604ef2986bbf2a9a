import type { UpdateQuery } from 'mongoose';
import { z } from 'zod';
import { userError } from '../lib/user-error.ts';
import type { BoundModel } from '../mongo/bound-model.ts';
import type { Stored } from '../mongo/model.ts';
import { found } from './not-found.ts';

/** A document whose every change counts. */
export interface Revisioned extends Stored {
  revision: number;
  updatedAt: Date;
}

/** What a change is about. */
export interface Target {
  id: string;
  /** The revision the caller has seen; undefined: whichever it is. */
  expectedRevision?: number | undefined;
}

export const expectedRevision = z
  .int()
  .nullish()
  .transform((revision) => revision ?? undefined);

/** Text for the schema, so that every update says the same. */
export const EXPECTED_REVISION_DESCRIPTION = 'Answers CONFLICT when it is at another revision meanwhile.';

/** How often a change is decided anew because somebody else was faster. */
const ATTEMPTS = 5;

/**
 * Changes a document by what it is right now: whatever `decide` checked still holds when the values are written,
 * because the revision it saw is part of the write's filter.
 *
 * @param decide - the values to set, or undefined to leave everything as it is; may run several times.
 * @throws {CodedError} NOT_FOUND
 * @throws {UserErrors} CONFLICT
 */
export async function changeDocument<T extends Revisioned>(
  model: BoundModel<T>,
  target: Target,
  decide: (current: T) => Partial<T> | undefined | Promise<Partial<T> | undefined>,
): Promise<T> {
  return untilUncontested(model, target, async (current) => {
    const values = await decide(current);
    if (values === undefined) return current;
    const update = { $set: { ...values, updatedAt: new Date() }, $inc: { revision: 1 } };
    return model.findOneAndUpdate(asSeen<T>(current), update as unknown as UpdateQuery<T>);
  });
}

/**
 * Deletes a document unless `check` throws; what it checked is part of the delete's filter.
 *
 * @throws {CodedError} NOT_FOUND
 * @throws {UserErrors} CONFLICT, and what `check` throws
 */
export async function deleteDocument<T extends Revisioned>(
  model: BoundModel<T>,
  target: Target,
  check: (current: T) => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  return untilUncontested(model, target, async (current) => {
    await check(current);
    return model.findOneAndDelete(asSeen<T>(current));
  });
}

async function untilUncontested<T extends Revisioned>(
  model: BoundModel<T>,
  target: Target,
  attempt: (current: T) => Promise<T | null>,
): Promise<T> {
  for (let tries = 0; tries < ATTEMPTS; tries += 1) {
    const current = found(await model.findOne({ _id: target.id } as Parameters<typeof model.findOne>[0]));
    if (target.expectedRevision !== undefined && current.revision !== target.expectedRevision)
      throw conflict();
    const done = await attempt(current);
    if (done !== null) return done;
  }
  throw conflict();
}

function asSeen<T extends Revisioned>({ _id, revision }: T): Parameters<BoundModel<T>['findOne']>[0] {
  return { _id, revision } as Parameters<BoundModel<T>['findOne']>[0];
}

function conflict() {
  return userError('CONFLICT', 'Somebody else changed it meanwhile; read it again.', 'expectedRevision');
}
