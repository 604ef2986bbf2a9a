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
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((hop) => hop.trim());
  return hops.at(-trustedProxies) || peer;
}

/** The host the caller asked for: behind trusted proxies the one they were asked for. */
export function requestedHost(request: IncomingMessage, trustedProxies: number): string {
  const forwarded = request.headers['x-forwarded-host'];
  const isForwarded = trustedProxies > 0 && typeof forwarded === 'string' && forwarded !== '';
  return (isForwarded ? forwarded : request.headers.host) ?? '';
}
