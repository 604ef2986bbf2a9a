import { setMaxListeners } from 'node:events';
import { type Principal, rowsOf } from '../auth/principal.ts';
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
  followNarrowerOptions: FollowOptions;
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
  abort: AbortController;
  log: Logger;
  registration: TenantRegistration;
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
    const { abort, ...rest } = options;
    const { signal } = abort;
    // Every command in flight listens; one document may have many, and Node takes more than ten for a leak.
    setMaxListeners(0, signal);
    // The shell may have been taken away, or the deadline may have passed, while it was opening.
    lease.signal.throwIfAborted();
    signal.throwIfAborted();
    // AbortSignal.any would do, but keeps every signal it ever made as long as the shell lives (Node issue 54614).
    const onShellClosing = () => abort.abort(lease.signal.reason);
    lease.signal.addEventListener('abort', onShellClosing, { once: true });
    let isReleased = false;
    // Of what may take a tenant's data elsewhere, another node may be the first to know: see decision 0022.
    const guardWrite = () => {
      lease.signal.throwIfAborted();
      if (isReleased) throw unavailable('the scope was released');
      if (!shell.mayWrite()) throw unavailable('this node is out of touch with the control database');
    };
    const release = () => {
      isReleased = true;
      lease.signal.removeEventListener('abort', onShellClosing);
      lease.release();
    };
    const scopeOf = (principal: Principal, rows: Rows): Scope => {
      const optionLayers = [options.tenant.settings];
      let followNarrower: FollowOptions = () => Promise.resolve(() => undefined);
      return {
        ...rest,
        principal,
        rows,
        signal,
        shell,
        optionLayers,
        narrowOptions(layers, follow = followNarrower) {
          optionLayers.push(...layers);
          followNarrower = follow;
        },
        followNarrowerOptions: (follower) => followNarrower(follower),
        model: (definition) =>
          new BoundModel(
            definition,
            shell.collections.of(definition),
            () => shell.collections.beforeWrite(definition.collection),
            { signal, rows, homes: shell.collections.homes, guardWrite, circuit: shell.circuit },
          ),
        forRows: (others) => scopeOf(principal, others),
        asCaller: (caller) => scopeOf(caller, rowsOf(caller)),
        release,
      };
    };
    return scopeOf(rest.principal, rest.rows);
  } catch (error) {
    lease.release();
    throw error;
  }
}
