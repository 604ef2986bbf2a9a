import { Schema } from 'mongoose';
import { defineModel, type Stored } from '../mongo/model.ts';

/** A process that serves. Each has one record while it runs; one that was killed leaves it behind for an hour. */
export interface NodeRecord extends Stored {
  host: string;
  pid: number;
  /** When the last beat was sent, in milliseconds by the two clocks of that process; see `freshness.ts`. */
  sentMonotonicMs: number;
  sentWallMs: number;
  /** When it was written, by the clock of the database. */
  at: Date;
}

export const nodeModel = defineModel<NodeRecord>(
  'nodes',
  new Schema<NodeRecord>({
    _id: String,
    host: { type: String, required: true },
    pid: { type: Number, required: true },
    sentMonotonicMs: { type: Number, required: true },
    sentWallMs: { type: Number, required: true },
    at: { type: Date, required: true },
  }),
);
