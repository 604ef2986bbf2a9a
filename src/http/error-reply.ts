import { GraphQLError } from 'graphql';
import type { ErrorHttp } from '../graphql/public-error.ts';
import { publicError } from '../graphql/public-error.ts';
import { errorPage } from './error-page.ts';
import type { Exchange, Reply } from './exchange.ts';
import { oauthErrorReply } from './oauth-error-reply.ts';
import { wantsPage } from './wants-page.ts';

const GRAPHQL_RESPONSE = 'application/graphql-response+json';

/** Answers an error that ended a request before GraphQL could: in the form of GraphQL's own, or OAuth's, or a page. */
export function errorReply(exchange: Exchange, thrown: unknown): Reply {
  const { error, code, cause } = publicError(thrown, exchange.requestId, true);
  exchange.codes.push(code);
  if (code === 'INTERNAL') exchange.log.error({ err: cause }, 'request failed');
  else if (cause !== undefined) exchange.reason = reasonOf(cause);
  const { http, ...extensions } = error.extensions as { http: ErrorHttp };
  const { requestId, route, request } = exchange;
  const told = { status: http.status, headers: { ...http.headers } };
  if (wantsPage(request)) return errorPage(told, { code, message: error.message, requestId });
  if (route.kind === 'sts') return oauthErrorReply(told, { code, message: error.message, requestId });
  const body = new GraphQLError(error.message, { extensions });
  const accept = request.headers.accept ?? '';
  const isModern = accept.includes(GRAPHQL_RESPONSE);
  return {
    status: http.spec === true && !isModern && http.status === 400 ? 200 : http.status,
    headers: {
      'content-type': `${isModern ? GRAPHQL_RESPONSE : 'application/json'}; charset=utf-8`,
      'cache-control': 'no-store',
      ...http.headers,
    },
    body: JSON.stringify({ errors: [body] }),
  };
}

function reasonOf(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  return cause instanceof Error ? cause.message : JSON.stringify(cause);
}
