import { Schema } from 'mongoose';
import type { Migration } from '../mongo/migration.ts';
import { defineModel, type Stored } from '../mongo/model.ts';
import type { ModulePart } from '../shell/module-set.ts';

/**
 * Something an identity provider keeps: a session, a grant, a code, a refresh token, ... All kinds share one
 * collection, because namespaces are scarce. `_id` is a digest, so that a copy of the database holds no credential.
 */
export interface Artifact extends Stored {
  /** Name of the provider's model. */
  kind: string;
  /** What the provider stores, as JSON: its keys are addresses and may hold dots. */
  payload: string;
  /** What it is found and deleted by, besides its id: `grant …`, `uid …`, `code …`. */
  families: string[];
  consumedAt: Date | null;
  /** The server deletes it some time after this. */
  expiresAt: Date | null;
}

export const artifactModel = defineModel<Artifact>(
  'sts',
  new Schema<Artifact>({
    _id: String,
    kind: { type: String, required: true },
    payload: { type: String, required: true },
    families: { type: [String], required: true },
    consumedAt: { type: Date, default: null },
    expiresAt: { type: Date, default: null },
  }),
);

const indexes: Migration = {
  name: 'sts/001-indexes',
  indexes: {
    [artifactModel.collection]: [
      { key: { families: 1 }, name: 'families' },
      { key: { expiresAt: 1 }, name: 'expiry', expireAfterSeconds: 0 },
    ],
  },
};

/** What every tenant's database has for its identity provider, whatever its modules. */
export const stsPart: ModulePart = { id: 'sts', isAlwaysOn: true, migrations: [indexes] };
