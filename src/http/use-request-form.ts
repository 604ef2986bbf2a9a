import type { IncomingMessage } from 'node:http';
import { refusal } from './refuse.ts';
import { searchOf } from './request-target.ts';
import type { Stage } from './stage.ts';

const MAX_HEADERS = 100;

/**
 * Refuses what is not a GraphQL over HTTP request. Only `application/json` is taken as a body: a browser sends it to
 * another origin only after a preflight, so no foreign page can make a visitor's browser run a mutation (CSRF).
 */
export function useRequestForm(): Stage {
  return (exchange, next) => {
    const { request, route } = exchange;
    if (route.kind === 'none') throw refusal(404, 'NOT_FOUND', 'There is nothing at this address.');
    requireHeaders(request);
    // Forms and methods are part of a protocol of its own there.
    if (route.kind === 'sts') return next();
    const { method } = request;
    const isEndpoint = (route.kind === 'tenant' || route.kind === 'platform') && !route.isSchemaFile;
    if (method === 'POST' && isEndpoint) {
      const [type, ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
      const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
      const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
      if (type?.trim() !== 'application/json' || !isUtf8) {
        throw refusal(415, 'BAD_USER_INPUT', 'Send application/json in UTF-8.', {
          accept: 'application/json',
        });
      }
    } else if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') {
      const allow = isEndpoint ? 'GET, POST, OPTIONS' : 'GET';
      throw refusal(405, 'BAD_USER_INPUT', `This address takes ${allow}.`, { allow });
    }
    requireJsonParameters(searchOf(request.url));
    return next();
  };
}

/** Yoga parses them too, but takes broken ones for a fault of its own. */
function requireJsonParameters(search: string): void {
  const parameters = new URLSearchParams(search);
  for (const name of ['variables', 'extensions']) {
    try {
      JSON.parse(parameters.get(name) || 'null');
    } catch {
      throw refusal(400, 'BAD_USER_INPUT', `The parameter ${name} is not JSON.`);
    }
  }
}

/** Of several Host headers each reader would pick another; one is a duty since HTTP/1.1 (RFC 9112 section 3.2). */
function requireHeaders({ rawHeaders, httpVersion }: IncomingMessage): void {
  const names = rawHeaders.filter((_text, index) => index % 2 === 0);
  if (names.length > MAX_HEADERS) {
    throw refusal(431, 'LIMIT_EXCEEDED', `A request has at most ${MAX_HEADERS} headers.`);
  }
  const hosts = names.filter((name) => name.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && httpVersion !== '1.0')) {
    throw refusal(400, 'BAD_USER_INPUT', 'One Host header, please.');
  }
}
