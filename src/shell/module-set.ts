import { LRUCache } from 'lru-cache';
import { pipeline } from '../lib/pipeline.ts';
import type { IndexDefinition } from '../mongo/model.ts';
import { indexesByCollection, type Migration } from '../mongo/migration.ts';
import type { ModuleExchange, ModuleStage } from './module-stage.ts';

/** What a shell needs to know of a module. */
export interface ModulePart {
  readonly id: string;
  readonly isAlwaysOn: boolean;
  readonly migrations: readonly Migration[];
  readonly minimumMigration?: string;
  readonly stages?: readonly ModuleStage[];
}

/** What all tenants with the same modules have in common; made once and shared by their shells. */
export interface ModuleSet {
  /** Of the modules in the set, in the order they run. */
  readonly migrations: readonly Migration[];
  /** Names of those without which a database is too old to be served by this build. */
  readonly required: readonly string[];
  /** The stages the modules contribute, one around the other; undefined when they contribute none. */
  readonly stages: ((exchange: ModuleExchange, last: () => Promise<void>) => Promise<void>) | undefined;
}

/** The modules of this build, as sets tenants have. */
export interface ModuleSets {
  /** @param enabled - ids; modules that are always on need not be named. */
  of(enabled: readonly string[]): ModuleSet;
  /** Of one module; none of one this build does not know. */
  migrationsOf(id: string): readonly Migration[];
  /** Names of every migration of this build. */
  readonly known: ReadonlySet<string>;
  /**
   * Indexes of every module. A collection gets its own at its first write, so those of modules that are off do no harm,
   * and a module that is switched on needs no new shell.
   */
  readonly indexes: ReadonlyMap<string, readonly IndexDefinition[]>;
}

/** Sets kept. */
const MAX_SETS = 256;

/** @throws {Error} when a module's minimum is none of its migrations. */
export function createModuleSets(parts: readonly ModulePart[]): ModuleSets {
  const required = new Map(parts.map((part) => [part.id, requiredOf(part)]));
  const cache = new LRUCache<string, ModuleSet>({ max: MAX_SETS });
  const all = parts.flatMap(({ migrations }) => migrations);
  return {
    known: new Set(all.map(({ name }) => name)),
    indexes: indexesByCollection(all),
    migrationsOf: (id) => parts.find((part) => part.id === id)?.migrations ?? [],
    of(enabled) {
      const members = parts.filter(({ id, isAlwaysOn }) => isAlwaysOn || enabled.includes(id));
      const fingerprint = members.map(({ id }) => id).join(' ');
      let set = cache.get(fingerprint);
      if (set === undefined) {
        const stages = members.flatMap((member) => member.stages ?? []);
        set = {
          migrations: members.flatMap(({ migrations }) => migrations),
          required: members.flatMap(({ id }) => required.get(id) ?? []),
          stages: stages.length === 0 ? undefined : pipeline(stages),
        };
        cache.set(fingerprint, set);
      }
      return set;
    },
  };
}

/** The minimum and what runs before it. */
function requiredOf({ id, migrations, minimumMigration }: ModulePart): string[] {
  if (minimumMigration === undefined) return [];
  const index = migrations.findIndex(({ name }) => name === minimumMigration);
  if (index === -1) throw new Error(`${minimumMigration} is no migration of the module ${id}`);
  return migrations.slice(0, index + 1).map(({ name }) => name);
}
