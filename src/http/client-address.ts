import type { IncomingMessage } from 'node:http';

/**
 * The address of the caller. `X-Forwarded-For` counts only as far as proxies are trusted: each appends the address it
 * saw, so the one that the outermost trusted proxy wrote is the caller.
 *
 * @param trustedProxies - `TRUST_PROXY`
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const peer = request.socket.remoteAddress ?? '';
  if (trustedProxies === 0) return peer;
  const header = request.headers['x-forwarded-for'];
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((hop) => hop.trim());
  return withoutPort(hops.at(-trustedProxies) ?? '') || peer;
}

/** Some proxies write the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. Each connection has another one. */
function withoutPort(hop: string): string {
  return hop.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}

/**
 * The host the caller asked for: behind trusted proxies the one the outermost of them was asked for. Some proxies
 * append to what came in, others replace it; what stands before the trusted entries was written by the caller.
 */
export function requestedHost(request: IncomingMessage, trustedProxies: number): string {
  const header = request.headers['x-forwarded-host'];
  const hops = typeof header === 'string' && header !== '' ? header.split(',').map((hop) => hop.trim()) : [];
  const forwarded = trustedProxies === 0 ? undefined : hops[Math.max(0, hops.length - trustedProxies)];
  return (forwarded || request.headers.host) ?? '';
}
