import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { mongo } from 'mongoose';
import { BoundModel } from '../mongo/bound-model.ts';
import type { ControlDatabase } from './control-database.ts';
import type { AnsweredBeat, Beat } from './freshness.ts';
import { nodeModel, type NodeRecord } from './node-record.ts';

/** Longest one beat may take, in milliseconds; the next one comes soon after it. */
const TIMEOUT_MS = 2_000;

/**
 * This node's signs of life in the control database. A majority has one when it is acknowledged, so a server that was
 * cut off from the others cannot pass for the control database.
 */
export function createHeartbeat({ db }: Pick<ControlDatabase, 'db'>) {
  const node = randomUUID();
  const collection = db.collection<NodeRecord>(nodeModel.collection);
  const nodes = new BoundModel(nodeModel, collection, () => Promise.resolve(), { timeoutMs: TIMEOUT_MS });

  return {
    node,
    async send(): Promise<AnsweredBeat> {
      const sent = { sentMonotonicMs: performance.now(), sentWallMs: Date.now() };
      const update = { $set: sent, $currentDate: { at: true as const } };
      const written = await nodes.findOneAndUpdate({ _id: node }, update);
      if (written !== null) {
        const { sentMonotonicMs: monotonicMs, sentWallMs: wallMs } = sent;
        return { monotonicMs, wallMs, at: written.at, answeredMonotonicMs: performance.now() };
      }
      // The first one; and the clock of the database dates updates only.
      await nodes.insert({ _id: node, host: hostname(), pid: process.pid, ...sent, at: new Date() });
      return this.send();
    },
    /** The beat that a change of this node's record tells of. */
    beatOf({ updateDescription }: mongo.ChangeStreamUpdateDocument<NodeRecord>): Beat | undefined {
      const { sentMonotonicMs, sentWallMs, at } = updateDescription.updatedFields ?? {};
      if (sentMonotonicMs === undefined || sentWallMs === undefined || at === undefined) return undefined;
      return { monotonicMs: sentMonotonicMs, wallMs: sentWallMs, at };
    },
    async stop(): Promise<void> {
      await nodes.findOneAndDelete({ _id: node });
    },
  };
}
