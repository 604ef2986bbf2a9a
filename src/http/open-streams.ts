import type { Change } from '../mongo/cluster-feed.ts';
import { invalidToken } from '../auth/unauthenticated.ts';
import { CodedError } from '../lib/coded-error.ts';
import { Gate } from '../lib/gate.ts';
import type { Shell } from '../shell/shell.ts';
import type { TenantDirectory } from '../tenancy/directory.ts';
import type { Tenant, TenantId } from '../tenancy/tenant.ts';
import type { WatchedCallers } from './callers.ts';
import { OpenStream, type OpenStreamOptions } from './open-stream.ts';

/** How many streams may be open on a node at once. */
export interface StreamLimits {
  perTenant: number;
  perNode: number;
}

export interface OpenStreamsOptions {
  directory: TenantDirectory;
  callers: readonly WatchedCallers[];
  /** Those of this product when absent. */
  limits?: StreamLimits | undefined;
  onEvent(): void;
}

/** Streams open at once. Each costs about 20 KiB, and each change of its tenant's record a look at its caller. */
const LIMITS: StreamLimits = { perTenant: 1_000, perNode: 10_000 };

/** How often the streams of this node are looked through for tokens that expired, in milliseconds. */
const SWEEP_MS = 250;

/** How often they are looked at anew where nobody tells of changes, in sweeps. */
const BLIND_SWEEPS = 3;

/**
 * Events of one tenant that are executed at once. One change is an event for each of its subscribers, who would take
 * all connections of their cluster from everybody else.
 */
const AT_ONCE = 4;

/** How soon somebody may try again where there are too many streams, in milliseconds. */
const RETRY_MS = 5_000;

interface TenantStreams {
  gate: Gate;
  streams: Set<OpenStream>;
  /** False while nobody would tell that a caller is gone. */
  isTold: boolean;
  stops: (() => void)[];
}

/**
 * The subscriptions open on this node. Each ends when what allowed it does: its tenant's record, its caller, its token.
 * Changes are told by the directory and by the feeds of the clusters; one timer serves all streams.
 */
export class OpenStreams {
  readonly #options: OpenStreamsOptions;
  readonly #limits: StreamLimits;
  readonly #tenants = new Map<TenantId, TenantStreams>();
  #size = 0;
  #isDraining = false;
  #sweeps = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OpenStreamsOptions) {
    this.#options = options;
    this.#limits = options.limits ?? LIMITS;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * @param shell - of the tenant, leased until this returns.
   * @throws {CodedError} RATE_LIMITED; TENANT_UNAVAILABLE when this node is being stopped.
   */
  open(
    tenant: Tenant,
    shell: Shell,
    options: Omit<OpenStreamOptions, 'turn' | 'onEvent' | 'onClose'>,
  ): OpenStream {
    if (this.#isDraining) throw goingAway();
    const known = this.#tenants.get(tenant.id);
    if (this.#size >= this.#limits.perNode || (known?.streams.size ?? 0) >= this.#limits.perTenant) {
      throw new CodedError('RATE_LIMITED', 'Too many streams are open.', { retryAfterMs: RETRY_MS });
    }
    const own = known ?? this.#watch(tenant, shell);
    const stream = new OpenStream({
      ...options,
      turn: (work) => own.gate.run(work),
      onEvent: this.#options.onEvent,
      onClose: () => this.#forget(tenant.id, own, stream),
    });
    own.streams.add(stream);
    this.#size += 1;
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
    return stream;
  }

  /** From now on no stream opens; those that are open end. */
  drain(): void {
    this.#isDraining = true;
    for (const stream of this.#all()) stream.end(goingAway());
  }

  #watch(tenant: Tenant, shell: Shell): TenantStreams {
    const own: TenantStreams = {
      gate: new Gate(AT_ONCE),
      streams: new Set(),
      isTold: false,
      stops: [],
    };
    const recheck = () => {
      for (const stream of own.streams) void stream.recheck();
    };
    /** Whoever comes from now on is watched anew. */
    const giveWay = (reason: Error) => {
      this.#release(tenant.id, own);
      for (const stream of own.streams) stream.end(reason);
    };
    own.stops.push(this.#options.directory.watch(tenant.id, recheck));
    const follow = async ({ watched, doesConcern }: WatchedCallers) => {
      const onChange = (change: Change): void => {
        if (doesConcern?.(change) !== false) recheck();
      };
      const stop = await shell.follow(watched, { onChange, onGap: recheck, onEnd: giveWay });
      if (this.#tenants.get(tenant.id) === own) own.stops.push(stop);
      else stop();
    };
    this.#tenants.set(tenant.id, own);
    // Where it cannot be told, the sweep looks.
    Promise.all(this.#options.callers.map(follow)).then(
      () => (own.isTold = true),
      () => undefined,
    );
    return own;
  }

  #forget(id: TenantId, own: TenantStreams, stream: OpenStream): void {
    if (!own.streams.delete(stream)) return;
    this.#size -= 1;
    if (own.streams.size === 0) this.#release(id, own);
    if (this.#size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #release(id: TenantId, own: TenantStreams): void {
    if (this.#tenants.get(id) === own) this.#tenants.delete(id);
    for (const stop of own.stops.splice(0)) stop();
  }

  #sweep(): void {
    const now = Date.now();
    this.#sweeps += 1;
    const isLookDue = this.#sweeps % BLIND_SWEEPS === 0;
    for (const { streams, isTold } of this.#tenants.values()) {
      for (const stream of streams) {
        if ((stream.expiresAtMs ?? Infinity) <= now) stream.end(invalidToken('the token expired'));
        else if (isLookDue && !isTold) void stream.recheck();
      }
    }
  }

  *#all(): Generator<OpenStream> {
    for (const { streams } of this.#tenants.values()) yield* streams;
  }
}

function goingAway(): CodedError {
  return new CodedError('TENANT_UNAVAILABLE', 'This node is going away; reconnect.', { retryAfterMs: 1_000 });
}
