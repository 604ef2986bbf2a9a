import { type Principal, rowsOf } from '../auth/principal.ts';
import type { Abort } from '../lib/abort.ts';
import type { Mailer } from '../lib/mailer.ts';
import type { Lease } from '../lib/keyed-pool.ts';
import { BoundModel } from '../mongo/bound-model.ts';
import type { ModelDefinition, Stored } from '../mongo/model.ts';
import type { Rows } from '../mongo/rows.ts';
import type { Logger } from '../observability/logger.ts';
import type { OptionLayers } from '../tenancy/option.ts';
import type { TenantRegistration } from '../tenancy/registration.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Shell } from './shell.ts';
import { unavailable } from './unavailable.ts';

/** What all tenants share of the gateway: where it is reached, addresses below either being nobody else's, and mail. */
export interface Platform {
  /** `PUBLIC_URL`, without a trailing slash. */
  readonly publicUrl: string;
  /** `BASE_DOMAIN` */
  readonly baseDomain: string;
  readonly mailer: Mailer;
}

/** Who is told that options of a caller changed. */
export interface OptionsFollower {
  onChange(): void;
  /** Told that a change may have happened unseen. */
  onGap(): void;
}

/** Answers what ends it, once no change can be missed. */
export type FollowOptions = (follower: OptionsFollower) => Promise<() => void>;

/**
 * One request of one caller in one tenant: the only door to that tenant's data. Whoever holds a scope can reach no
 * other tenant, because nothing here takes a tenant.
 */
export interface Scope {
  readonly tenant: Tenant;
  readonly principal: Principal;
  /** What it may see and write of what application tenants have. */
  readonly rows: Rows;
  /** Aborted at the request's deadline, when the caller hangs up and when the shell must close. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly shell: Shell;
  /** Writes to this tenant's own record. */
  readonly registration: TenantRegistration;
  readonly platform: Platform;
  /** What this tenant has set of its options, for `optionValue`. */
  readonly optionLayers: OptionLayers;
  /**
   * Puts what the caller's application tenant has set over that; known only once the scope is open.
   *
   * @param follow - tells when it changes.
   */
  narrowOptions(layers: OptionLayers, follow?: FollowOptions): void;
  /** Tells when what was put over the tenant's own options changes, and of no other application tenant's. */
  followNarrowerOptions(follower: OptionsFollower): Promise<() => void>;
  /**
   * A model at this tenant's collection. It writes only as long as this scope lives, its shell is of the newest
   * placement, and this node knows of all changes of a moment ago; otherwise TENANT_UNAVAILABLE.
   */
  model<T extends Stored>(definition: ModelDefinition<T>): BoundModel<T>;
  /**
   * This scope with other rows. For the identity provider alone (`modules/people.ts`): whoever signs in is nobody yet,
   * and which application tenant they come to is part of what they ask for. It ends with this one.
   */
  forRows(rows: Rows): Scope;
  /** This scope as if another caller had come, for introspection alone. It ends with this one. */
  asCaller(principal: Principal): Scope;
  release(): void;
}

export interface ScopeOptions {
  tenant: Tenant;
  principal: Principal;
  rows: Rows;
  /** Ends the request; the scope aborts it when the shell must close. */
  abort: Abort;
  log: Logger;
  /** Made when it is asked for. */
  registration(tenant: Tenant): TenantRegistration;
  platform: Platform;
}

/**
 * Opens a scope on a lease; releasing the scope releases the lease.
 *
 * @throws {CodedError} TENANT_UNAVAILABLE when the shell cannot be opened or was superseded; DEADLINE_EXCEEDED. The
 * lease is released then.
 */
export async function openScope(lease: Lease<Shell>, options: ScopeOptions): Promise<Scope> {
  try {
    const shell = await lease.value;
    // The shell may have been taken away, or the deadline may have passed, while it was opening.
    lease.abort.throwIfAborted();
    options.abort.throwIfAborted();
    return new TenantScope(new Visit(lease, shell, options), options.principal, options.rows);
  } catch (error) {
    lease.release();
    throw error;
  }
}

/** What the scopes of one request share: they end together. */
class Visit {
  readonly shell: Shell;
  readonly options: ScopeOptions;
  readonly #lease: Lease<Shell>;
  readonly #stopListening: () => void;
  #isReleased = false;
  #registration: TenantRegistration | undefined;

  constructor(lease: Lease<Shell>, shell: Shell, options: ScopeOptions) {
    this.#lease = lease;
    this.shell = shell;
    this.options = options;
    this.#stopListening = lease.abort.onAbort((reason) => options.abort.abort(reason));
  }

  get registration(): TenantRegistration {
    return (this.#registration ??= this.options.registration(this.options.tenant));
  }

  /** Of what may take a tenant's data elsewhere, another node may be the first to know: see decision 0022. */
  requireWritable(): void {
    this.#lease.abort.throwIfAborted();
    if (this.#isReleased) throw unavailable('the scope was released');
    if (!this.shell.mayWrite()) throw unavailable('this node is out of touch with the control database');
  }

  release(): void {
    this.#isReleased = true;
    this.#stopListening();
    this.#lease.release();
  }
}

/** A class, with what is rarely asked for made when it is: each request has one. */
class TenantScope implements Scope {
  readonly principal: Principal;
  readonly rows: Rows;
  readonly optionLayers: OptionLayers[number][];
  readonly #visit: Visit;
  #followNarrower: FollowOptions | undefined;

  constructor(visit: Visit, principal: Principal, rows: Rows) {
    this.#visit = visit;
    this.principal = principal;
    this.rows = rows;
    this.optionLayers = [visit.options.tenant.settings];
  }

  get tenant(): Tenant {
    return this.#visit.options.tenant;
  }

  get signal(): AbortSignal {
    return this.#visit.options.abort.signal;
  }

  get log(): Logger {
    return this.#visit.options.log;
  }

  get shell(): Shell {
    return this.#visit.shell;
  }

  get registration(): TenantRegistration {
    return this.#visit.registration;
  }

  get platform(): Platform {
    return this.#visit.options.platform;
  }

  narrowOptions(layers: OptionLayers, follow?: FollowOptions): void {
    this.optionLayers.push(...layers);
    if (follow !== undefined) this.#followNarrower = follow;
  }

  async followNarrowerOptions(follower: OptionsFollower): Promise<() => void> {
    return (await this.#followNarrower?.(follower)) ?? (() => undefined);
  }

  model<T extends Stored>(definition: ModelDefinition<T>): BoundModel<T> {
    const visit = this.#visit;
    const { collections, circuit } = visit.shell;
    return new BoundModel(
      definition,
      collections.of(definition),
      () => collections.beforeWrite(definition.collection),
      {
        get signal() {
          return visit.options.abort.signal;
        },
        rows: this.rows,
        homes: collections.homes,
        guardWrite: () => visit.requireWritable(),
        circuit,
      },
    );
  }

  forRows(rows: Rows): Scope {
    return new TenantScope(this.#visit, this.principal, rows);
  }

  asCaller(principal: Principal): Scope {
    return new TenantScope(this.#visit, principal, rowsOf(principal));
  }

  release(): void {
    this.#visit.release();
  }
}
