import { requestedHost } from './client-address.ts';
import type { Exchange } from './exchange.ts';
import { refusal } from './refuse.ts';
import { mayRead } from './use-cors.ts';
import type { Stage } from './stage.ts';

/**
 * Answers a handshake: `101`, and the connection is a WebSocket. A page of another origin may open one to anywhere, so
 * its origin is held to the tenant's list here, as a browser would hold it for other requests.
 */
export function useWebSocket(trustedProxies: number): Stage {
  return (exchange, next) => {
    const { socket, route } = exchange;
    if (socket === undefined) return next();
    if (route.kind !== 'tenant' || route.isSchemaFile) {
      throw refusal(400, 'BAD_USER_INPUT', 'There is no WebSocket at this address.');
    }
    requireOrigin(exchange, trustedProxies);
    if (socket.kind !== 'upgrade') return next();
    exchange.reply = { status: 101, headers: {}, body: undefined };
    return Promise.resolve();
  };
}

function requireOrigin(exchange: Exchange, trustedProxies: number): void {
  const { origin } = exchange.request.headers;
  if (origin === undefined || isOwn(origin, requestedHost(exchange.request, trustedProxies))) return;
  // A token may have named the tenant since `useCors` looked.
  if (!mayRead(origin, exchange.tenant)) {
    throw refusal(403, 'FORBIDDEN', 'Pages of this origin may not connect.');
  }
}

/** A page this gateway served itself, like GraphiQL. */
function isOwn(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
