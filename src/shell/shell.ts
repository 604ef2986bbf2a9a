import type { mongo } from 'mongoose';
import type { Lease } from '../lib/keyed-pool.ts';
import type { Collections } from '../mongo/collections.ts';
import type { TenantId } from '../tenancy/tenant.ts';

/** What stays open for a tenant between its requests: its collections, over a client it shares with its cluster. */
export interface Shell {
  readonly tenant: TenantId;
  readonly epoch: number;
  readonly collections: Collections;
  readonly client: Lease<mongo.MongoClient>;
  /** Small per-tenant caches of modules, keyed by their owner; gone with the shell. */
  readonly caches: WeakMap<object, unknown>;
}

/** A cache that lives as long as a shell does. */
export function perShell<V>(create: () => V): (shell: Shell) => V {
  const owner = {};
  return ({ caches }) => {
    if (!caches.has(owner)) caches.set(owner, create());
    return caches.get(owner) as V;
  };
}
