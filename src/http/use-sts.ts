import type { Sts } from '../sts/sts.ts';
import { searchOf } from './request-target.ts';
import type { Stage } from './stage.ts';

/** `/t/{identifier}/.well-known/openid-configuration` and `/t/{identifier}/oauth/*`: the tenant's identity provider. */
export function useSts(sts: Sts): Stage {
  return async (exchange, next) => {
    const { route, scope, request, body, address } = exchange;
    if (route.kind !== 'sts' || scope === undefined) return next();
    exchange.reply = await sts.answer(scope, {
      method: request.method ?? 'GET',
      target: route.path + searchOf(request.url),
      headers: request.headers,
      body,
      address,
    });
  };
}
