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

export function newExchange(
  request: IncomingMessage,
  { log: root, ...start }: { requestId: string; log: Logger; route: Route; address: string },
): Exchange {
  let log: Logger | undefined;
  let loggedTenant: Tenant | undefined;
  return {
    request,
    startedAtMs: performance.now(),
    abort: new Abort(),
    ...start,
    hangUp: () => undefined,
    authorization: request.headers.authorization,
    socket: undefined,
    stream: undefined,
    // Made when somebody logs, once: a child logger of a child costs five times what one does.
    get log() {
      if (log === undefined || loggedTenant !== this.tenant) {
        loggedTenant = this.tenant;
        const { requestId } = start;
        log = root.child(loggedTenant === undefined ? { requestId } : { requestId, tenant: loggedTenant.id });
      }
      return log;
    },
    body: undefined,
    host: ABSENT,
    prefix: ABSENT,
    claim: undefined,
    tenant: undefined,
    scope: undefined,
    operation: undefined,
    codes: [],
    reason: undefined,
    corsHeaders: {},
    rateHeaders: {},
    reply: undefined,
  };
}
