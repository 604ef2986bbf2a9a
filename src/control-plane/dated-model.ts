import type { mongo, UpdateQuery } from 'mongoose';
import { BoundModel, type UpdateOptions } from '../mongo/bound-model.ts';
import type { Stored } from '../mongo/model.ts';

/**
 * A model whose updates are dated by the clock of the database, which all nodes share: a node that polls finds what
 * changed since it last looked.
 */
export class DatedModel<T extends Stored & { changedAt?: Date }> extends BoundModel<T> {
  override findOneAndUpdate(
    filter: mongo.Filter<T>,
    update: UpdateQuery<T>,
    options?: UpdateOptions,
  ): Promise<T | null> {
    const dated = { ...update, $currentDate: { changedAt: true } } as UpdateQuery<T>;
    return super.findOneAndUpdate(filter, dated, options);
  }
}
