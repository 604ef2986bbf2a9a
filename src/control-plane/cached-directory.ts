import { LRUCache } from 'lru-cache';
import type { TenantDirectory } from '../tenancy/directory.ts';
import type { Tenant, TenantId, TenantIdentifier } from '../tenancy/tenant.ts';
import { issuerName } from '../tenancy/trusted-issuer.ts';
import type { ControlDatabase } from './control-database.ts';
import { tenantOf, type TenantRecord } from './tenant-record.ts';

/** Known tenants kept in memory. */
const MAX_KNOWN = 20_000;

/** Unknown identifiers remembered, and for how long in milliseconds: a flood of them must not reach the database. */
const MAX_UNKNOWN = 10_000;
const UNKNOWN_MS = 5_000;

/**
 * The directory: tenant records in memory, kept right by `directory-feed.ts`. While the control database cannot be
 * reached, the tenants that are known are served as they were.
 */
export class CachedDirectory implements TenantDirectory {
  readonly #control: ControlDatabase;
  readonly #byId = new LRUCache<string, Tenant>({ max: MAX_KNOWN });
  readonly #idByName = new LRUCache<string, string>({ max: MAX_KNOWN });
  readonly #unknown = new LRUCache<string, true>({ max: MAX_UNKNOWN, ttl: UNKNOWN_MS });
  readonly #loading = new Map<string, Promise<Tenant | undefined>>();
  readonly #watchers = new Map<string, Set<() => void>>();
  /** Grows with every change: what was read before a change is not cached after it. */
  #generation = 0;

  constructor(control: ControlDatabase) {
    this.#control = control;
  }

  byIdentifier(identifier: string): Promise<Tenant | undefined> {
    const known = this.known(identifier);
    return known === undefined ? this.#load(identifier) : Promise.resolve(known);
  }

  known(identifier: string): Tenant | undefined {
    const id = this.#idByName.get(identifier);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  async byHost(host: string): Promise<Tenant | undefined> {
    const tenant = await this.byIdentifier(host);
    // One that gave the host up may still be believed to have it, when it was not known as the change came by.
    return tenant?.hosts.includes(host) ? tenant : undefined;
  }

  async byTrustedIssuer(issuer: string, audience: string): Promise<Tenant | undefined> {
    const name = issuerName(issuer, audience);
    const tenant = await this.byIdentifier(name);
    const isTrusting = tenant?.trustedIssuers.some(
      (each) => each.issuer === issuer && each.audience === audience,
    );
    if (tenant === undefined || isTrusting === true) return tenant;
    // One that gave it up may still be believed to trust it, and another may do so by now.
    this.#idByName.delete(name);
    return this.#load(name);
  }

  /**
   * Forgets a tenant and everything believed of its names.
   *
   * @param version - the one the record has by now, where that is told: who is known at it stays known.
   */
  forget(id: string, names: readonly string[], version?: number): void {
    this.#generation += 1;
    const cached = this.#byId.get(id);
    const isKnown = cached !== undefined && cached.version === version;
    if (!isKnown) this.#byId.delete(id);
    // Believed since before that version: of its names there may be some that were nobody's, or another's.
    for (const name of [...names, ...(cached === undefined ? [] : namesOf(cached))]) {
      if (!isKnown || this.#idByName.get(name) !== id) this.#idByName.delete(name);
      this.#unknown.delete(name);
    }
    this.#tell(this.#watchers.get(id));
  }

  /**
   * Runs a write of one record and knows at once what came of it. The feed would do it a few milliseconds later, and
   * whoever wrote asks next.
   */
  async noting(write: Promise<TenantRecord | null>): Promise<TenantRecord | null> {
    const generation = this.#generation;
    const record = await write;
    if (record === null) return null;
    const isLatest = generation === this.#generation;
    this.forget(record._id, record.names);
    if (isLatest) this.#remember(record.identifier, tenantOf(record));
    return record;
  }

  watch(id: TenantId, listener: () => void): () => void {
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(listener));
    return () => {
      watchers.delete(listener);
      if (watchers.size === 0 && this.#watchers.get(id) === watchers) this.#watchers.delete(id);
    };
  }

  /** Forgets everything: changes may have been missed. */
  clear(): void {
    this.#generation += 1;
    this.#byId.clear();
    this.#idByName.clear();
    this.#unknown.clear();
    for (const watchers of [...this.#watchers.values()]) this.#tell(watchers);
  }

  get knownCount(): number {
    return this.#byId.size;
  }

  /** The known tenants, and the version each is known at. */
  get knownVersions(): (readonly [id: string, version: number])[] {
    return Array.from(this.#byId.entries(), ([id, { version }]) => [id, version] as const);
  }

  /** A watcher may stop itself. */
  #tell(watchers: ReadonlySet<() => void> = new Set()): void {
    for (const listener of [...watchers]) listener();
  }

  async #load(identifier: string): Promise<Tenant | undefined> {
    if (this.#unknown.has(identifier)) return undefined;
    const generation = this.#generation;
    const loadingKey = `${generation} ${identifier}`;
    const loading = this.#loading.get(loadingKey);
    if (loading !== undefined) return loading;
    const promise = this.#control.tenants
      .findOne({ names: identifier as TenantIdentifier })
      .then((record) => {
        const tenant = record === null ? undefined : tenantOf(record);
        if (generation === this.#generation) this.#remember(identifier, tenant);
        return tenant;
      });
    this.#loading.set(loadingKey, promise);
    try {
      return await promise;
    } finally {
      this.#loading.delete(loadingKey);
    }
  }

  /** Only the name that was asked for: a deleted tenant's record still tells an identifier that may be another's. */
  #remember(identifier: string, tenant: Tenant | undefined): void {
    if (tenant === undefined) {
      this.#unknown.set(identifier, true);
      return;
    }
    this.#byId.set(tenant.id, tenant);
    this.#idByName.set(identifier, tenant.id);
  }
}

function namesOf({ identifier, aliases, hosts, trustedIssuers }: Tenant): string[] {
  const issuers = trustedIssuers.map(({ issuer, audience }) => issuerName(issuer, audience));
  return [identifier, ...aliases, ...hosts, ...issuers];
}
