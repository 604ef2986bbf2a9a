import { errorReply } from './error-reply.ts';
import type { Stage } from './stage.ts';

/** Whatever a later stage throws becomes a reply here. */
export function useErrors(): Stage {
  return async (exchange, next) => {
    try {
      await next();
    } catch (error) {
      exchange.reply = errorReply(exchange, error);
    }
    const { reply, corsHeaders, rateHeaders, requestId } = exchange;
    if (reply !== undefined)
      Object.assign(reply.headers, corsHeaders, rateHeaders, { 'x-request-id': requestId });
  };
}
