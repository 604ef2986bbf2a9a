import type { IncomingMessage } from 'node:http';
import type { GraphQLParams } from 'graphql-yoga';
import type { Authenticated } from '../auth/authenticate.ts';
import type { Results } from '../graphql/engine-request.ts';
import { Abort } from '../lib/abort.ts';
import { isAbortError } from '../lib/deadline.ts';
import type { ErrorCode } from '../lib/error-codes.ts';
import type { Logger } from '../observability/logger.ts';
import type { Scope } from '../shell/scope.ts';
import { ABSENT, type Candidate } from '../tenancy/candidate.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { OpenStream } from './open-stream.ts';
import type { Route } from './route.ts';

/** What is sent back; outer stages may still add headers. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** Values of `set-cookie`, the one header that comes several times. */
  cookies?: string[];
  /** Sent piece by piece where it is iterable: server-sent events. */
  body: string | Buffer | AsyncIterable<Uint8Array> | undefined;
}

/** What came by a WebSocket. */
export type SocketRequest =
  /** The handshake. */
  | { kind: 'upgrade' }
  /** The first message, which may bring the credential. */
  | { kind: 'init' }
  /** An operation of the connection; its results are handed over in place of a reply. */
  | { kind: 'operation'; params: GraphQLParams; onResults: (results: Results) => void };

/** One request on its way through the stages, each of which fills in what it finds out. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly startedAtMs: number;
  /** Aborted at the deadline and when the caller hangs up. */
  readonly abort: Abort;
  /** Names the request and, once it is known, the tenant on every line. */
  readonly log: Logger;
  /** The request as it came, with nothing decided about it: for each event of its stream. */
  again(): Exchange;
  /** Cuts the connection of a caller who does not read what it was sent; set where that can happen. */
  hangUp: () => void;
  /** The credential: the header of this name, or what the first message of a WebSocket says in its place. */
  authorization: string | undefined;
  /** Set when this came by a WebSocket. */
  socket: SocketRequest | undefined;
  /** The stream a subscription opened, which goes on after its reply has begun. */
  stream: OpenStream | undefined;
  route: Route;
  /** Address of the caller, behind as many proxies as are trusted. */
  address: string;
  body: Buffer | undefined;
  host: Candidate;
  prefix: Candidate;
  /** A verified token's tenant and caller. */
  claim: Authenticated | undefined;
  /** Set once the sources agree. */
  tenant: Tenant | undefined;
  scope: Scope | undefined;
  /** For the log line. */
  operation: string | undefined;
  codes: ErrorCode[];
  /** Why the request was refused, in more detail than its caller may know; for the log line. */
  reason: string | undefined;
  /** Headers for whatever the reply turns out to be, errors included: who may read it across origins. */
  corsHeaders: Record<string, string>;
  /** Headers that tell how much of its budgets is left. */
  rateHeaders: Record<string, string>;
  reply: Reply | undefined;
}

/** True once the caller is gone; its deadline aborts with an error of another kind. */
export function hasHungUp({ abort }: Pick<Exchange, 'abort'>): boolean {
  return isAbortError(abort.reason);
}

/** What is known of a request before its first stage. */
export interface ExchangeStart {
  requestId: string;
  /** That of the process. */
  log: Logger;
  route: Route;
  address: string;
}

/** A class: each request has one, and as a literal with accessors it takes three times as long to make. */
export class RequestExchange implements Exchange {
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly startedAtMs = performance.now();
  readonly abort = new Abort();
  route: Route;
  address: string;
  authorization: string | undefined;
  socket: SocketRequest | undefined = undefined;
  stream: OpenStream | undefined = undefined;
  body: Buffer | undefined = undefined;
  host: Candidate = ABSENT;
  prefix: Candidate = ABSENT;
  claim: Authenticated | undefined = undefined;
  tenant: Tenant | undefined = undefined;
  scope: Scope | undefined = undefined;
  operation: string | undefined = undefined;
  codes: ErrorCode[] = [];
  reason: string | undefined = undefined;
  corsHeaders: Record<string, string> = {};
  rateHeaders: Record<string, string> = {};
  reply: Reply | undefined = undefined;
  hangUp: () => void = nothing;
  readonly #root: Logger;
  #log: Logger | undefined = undefined;
  #loggedTenant: Tenant | undefined = undefined;

  constructor(request: IncomingMessage, { requestId, log, route, address }: ExchangeStart) {
    this.request = request;
    this.requestId = requestId;
    this.route = route;
    this.address = address;
    this.authorization = request.headers.authorization;
    this.#root = log;
  }

  again(): Exchange {
    const { request, requestId, route, address } = this;
    const anew = new RequestExchange(request, { requestId, log: this.#root, route, address });
    anew.authorization = this.authorization;
    anew.socket = this.socket;
    return anew;
  }

  /** Made when somebody logs, once: a child logger of a child costs five times what one does. */
  get log(): Logger {
    const { requestId, tenant } = this;
    if (this.#log === undefined || this.#loggedTenant !== tenant) {
      this.#loggedTenant = tenant;
      this.#log = this.#root.child(tenant === undefined ? { requestId } : { requestId, tenant: tenant.id });
    }
    return this.#log;
  }
}

function nothing(): void {
  // Until there is something to cut.
}
