import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { GraphQLParams, YogaServerInstance } from 'graphql-yoga';
import type { EngineContext, EngineReply, EngineRequest, Results } from './engine-request.ts';
import type { ErrorHttp } from './public-error.ts';
import { publicResult } from './public-result.ts';

/** A request that needs nothing of Yoga's fetch adapter. */
export interface DirectRequest {
  params: GraphQLParams;
  mediaType: MediaType;
}

type MediaType = 'application/json' | 'application/graphql-response+json';

/** What clients send as `Accept`, and the media type Yoga answers. Any other one is left to Yoga. */
const MEDIA_TYPES: ReadonlyMap<string | undefined, MediaType> = new Map([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['application/json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/graphql-response+json, application/json', 'application/graphql-response+json'],
  ['application/json, application/graphql-response+json', 'application/json'],
]);

/** All that Yoga's plugins ask of a request once it is parsed is its method. */
const POST = Object.freeze({ method: 'POST' }) as Request;

const PARAMETERS = new Set(['query', 'variables', 'operationName', 'extensions']);

/** Takes a request apart if it is of the plain kind; its faults are Yoga's to tell. */
export function directRequest({ method, search, accept, body }: EngineRequest): DirectRequest | undefined {
  const mediaType = MEDIA_TYPES.get(accept);
  if (method !== 'POST' || search !== '' || body === undefined || mediaType === undefined) return undefined;
  const params = parsed(body);
  return params && { params, mediaType };
}

function parsed(body: Buffer): GraphQLParams | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (!isPlain(value) || Object.keys(value).some((name) => !PARAMETERS.has(name))) return undefined;
    const { query, variables, operationName, extensions } = value;
    const isUsual =
      typeof query === 'string' &&
      // Subscriptions are streams.
      !query.includes('subscription') &&
      (variables == null || isPlain(variables)) &&
      (extensions == null || isPlain(extensions)) &&
      (operationName == null || typeof operationName === 'string');
    return isUsual ? (value as GraphQLParams) : undefined;
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/**
 * Runs parsing, validation, caches, context and execution without building a `Request` and a `Response`.
 * `getResultForParams` is how Yoga's own adapter gets at them; its version is pinned.
 */
export async function executeDirectly(
  yoga: YogaServerInstance<EngineContext, object>,
  { params, mediaType }: DirectRequest,
  context: EngineContext & object,
): Promise<EngineReply> {
  const result = (await runDirectly(yoga, params, context)) as ExecutionResult;
  const headers: Record<string, string> = { 'content-type': `${mediaType}; charset=utf-8` };
  return { status: statusOf(result, mediaType, headers), headers, body: bodyOf(result) };
}

/** The results of an operation, their errors made public. */
export async function runDirectly(
  yoga: YogaServerInstance<EngineContext, object>,
  params: GraphQLParams,
  context: EngineContext & object,
): Promise<Results> {
  try {
    const results = (await yoga.getResultForParams({ params, request: POST }, context as never)) as Results;
    // Those of a stream are made public one by one.
    return Symbol.asyncIterator in results ? results : publicResult(results, context);
  } catch (error) {
    const coded =
      error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
    return publicResult({ errors: [coded] }, context);
  }
}

/** The highest status of the errors, as Yoga decides it; their headers are added to `headers`. */
function statusOf(
  { errors = [] }: ExecutionResult,
  mediaType: MediaType,
  headers: Record<string, string>,
): number {
  let status = 0;
  for (const { extensions } of errors) {
    const http = extensions['http'] as ErrorHttp | undefined;
    if (http === undefined) continue;
    Object.assign(headers, http.headers);
    if (!(mediaType === 'application/json' && http.spec === true)) status = Math.max(status, http.status);
  }
  return status === 0 ? 200 : status;
}

function bodyOf({ errors, ...result }: ExecutionResult): string {
  if (errors === undefined) return JSON.stringify(result);
  return JSON.stringify({ ...result, errors: errors.map(sentError) });
}

/** An error without what was meant for the HTTP response. */
export function sentError(error: GraphQLError): GraphQLFormattedError {
  const { extensions: { http: _http, ...extensions } = {}, ...rest } = error.toJSON();
  return { ...rest, extensions };
}
