import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.ts';
import type { TenantId } from '../tenancy/tenant.ts';
import type { Principal } from './principal.ts';

/** A verified token. */
export interface VerifiedToken {
  tenant: TenantId;
  principal: Principal;
  /** Milliseconds since the epoch. */
  expiresAtMs: number;
}

/** Verified tokens kept. */
const MAX_TOKENS = 50_000;

/** Longest a verification counts, in milliseconds. */
const MAX_AGE_MS = 60_000;

/**
 * Verified tokens by tenant and digest: a signature costs 100 times what a lookup does (FACTS). A tenant's tokens are
 * forgotten all at once when its record changes (keys, status), because its version is part of the key.
 */
export class TokenCache {
  readonly #tokens: LRUCache<string, VerifiedToken>;
  readonly #clock: Clock;

  constructor({ max = MAX_TOKENS, clock }: { max?: number; clock: Clock }) {
    this.#clock = clock;
    this.#tokens = new LRUCache({ max, ttl: MAX_AGE_MS, perf: { now: clock } });
  }

  get(tenant: { id: TenantId; version: number }, digest: string): VerifiedToken | undefined {
    const found = this.#tokens.get(keyOf(tenant, digest));
    return found !== undefined && found.expiresAtMs > this.#clock() ? found : undefined;
  }

  set(tenant: { id: TenantId; version: number }, digest: string, verified: VerifiedToken): void {
    this.#tokens.set(keyOf(tenant, digest), verified);
  }

  get size(): number {
    return this.#tokens.size;
  }
}

function keyOf(tenant: { id: TenantId; version: number }, digest: string): string {
  return `${tenant.id} ${tenant.version} ${digest}`;
}
