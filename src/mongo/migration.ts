import type { mongo } from 'mongoose';
import type { IndexDefinition } from './model.ts';

/**
 * One step of a tenant's schema, run once per tenant in the order of the list it stands in. Its parts are idempotent:
 * a step that died half-way is run again from its start.
 */
export interface Migration {
  /** `<module>/<NNN>-<what>`; recorded in the tenant's ledger and never renamed. */
  readonly name: string;
  /** Indexes by collection. On a collection that does not exist yet they are deferred to its first write. */
  readonly indexes?: Readonly<Record<string, readonly IndexDefinition[]>>;
  /** Names of indexes by collection that its own take the place of; dropped once those are there. */
  readonly drops?: Readonly<Record<string, readonly string[]>>;
  /**
   * Changes documents that exist; must be able to run while the tenant is served (expand, then contract). `signal` is
   * aborted when somebody else may be at it: hand it to every command.
   */
  readonly transform?: (collection: (name: string) => mongo.Collection, signal: AbortSignal) => Promise<void>;
}

/** All indexes a collection has once every migration has run. */
export function indexesByCollection(
  migrations: readonly Migration[],
): ReadonlyMap<string, readonly IndexDefinition[]> {
  const byCollection = new Map<string, IndexDefinition[]>();
  for (const { indexes = {}, drops = {} } of migrations) {
    for (const [collection, definitions] of Object.entries(indexes)) {
      byCollection.set(collection, [...(byCollection.get(collection) ?? []), ...definitions]);
    }
    for (const [collection, names] of Object.entries(drops)) {
      const kept = (byCollection.get(collection) ?? []).filter(({ name }) => !names.includes(name));
      byCollection.set(collection, kept);
    }
  }
  return byCollection;
}

/** Collections whose indexes these migrations change. */
export function touchedCollections(migrations: readonly Migration[]): ReadonlySet<string> {
  return new Set(
    migrations.flatMap(({ indexes = {}, drops = {} }) => [...Object.keys(indexes), ...Object.keys(drops)]),
  );
}
