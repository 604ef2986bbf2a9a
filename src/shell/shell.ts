import type { KeyObject } from 'node:crypto';
import type { Lease } from '../lib/keyed-pool.ts';
import type { ClusterClient } from '../mongo/client-pool.ts';
import type { Collections } from '../mongo/collections.ts';
import type { ChangeListener, ChangeWatch, Follower, Watched } from '../mongo/cluster-feed.ts';
import type { TenantId } from '../tenancy/tenant.ts';

/** What stays open for a tenant between its requests: its collections, over a client it shares with its cluster. */
export interface Shell {
  readonly tenant: TenantId;
  readonly epoch: number;
  readonly collections: Collections;
  readonly client: Lease<ClusterClient>;
  readonly circuit: ClusterClient['circuit'];
  /** False while this node may have missed that the tenant's data went elsewhere; see decision 0022. */
  mayWrite(): boolean;
  /** The tenant's key for hashes of secrets; unsealed at first need, once. */
  secretKey(): Promise<KeyObject>;
  /** Tells of changes in one of this tenant's collections for as long as the shell lives. */
  watch(watched: Watched, listener: ChangeListener): ChangeWatch;
  /**
   * The same for longer than the shell may live: for a subscription, which holds no lease of the shell between its
   * events. It keeps the cluster's client open instead, and gives way where others need its place.
   *
   * @returns what ends it, once no change can be missed.
   * @throws {CodedError} TENANT_UNAVAILABLE when this deployment tells of no changes.
   */
  follow(watched: Watched, follower: Follower): Promise<() => void>;
  /** Ends what lives as long as the shell. */
  close(): void;
  /** Small per-tenant caches of modules, keyed by their owner; gone with the shell. */
  readonly caches: WeakMap<object, unknown>;
}

/** A cache that lives as long as a shell does. */
export function perShell<V>(create: (shell: Shell) => V): (shell: Shell) => V {
  const owner = {};
  return (shell) => {
    if (!shell.caches.has(owner)) shell.caches.set(owner, create(shell));
    return shell.caches.get(owner) as V;
  };
}
