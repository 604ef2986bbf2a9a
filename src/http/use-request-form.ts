import { refusal } from './refuse.ts';
import type { Stage } from './stage.ts';

/**
 * Refuses what is not a GraphQL over HTTP request. Only `application/json` is taken as a body: a browser sends it to
 * another origin only after a preflight, so no foreign page can make a visitor's browser run a mutation (CSRF).
 */
export function useRequestForm(): Stage {
  return (exchange, next) => {
    const { request, route } = exchange;
    if (route.kind === 'none') throw refusal(404, 'NOT_FOUND', 'There is nothing at this address.');
    if (hostCount(request.rawHeaders) > 1) throw refusal(400, 'BAD_USER_INPUT', 'One Host header, please.');
    const { method } = request;
    if (method === 'POST' && route.kind !== 'asset') {
      const [type, ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
      const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
      const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
      if (type?.trim() !== 'application/json' || !isUtf8) {
        throw refusal(415, 'BAD_USER_INPUT', 'Send application/json in UTF-8.', { accept: 'application/json' });
      }
    } else if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') {
      throw refusal(405, 'BAD_USER_INPUT', 'Use GET or POST.', { allow: 'GET, POST, OPTIONS' });
    }
    return next();
  };
}

function hostCount(rawHeaders: readonly string[]): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
}
