import { isExpected } from './http-load.ts';
import type { Answer } from './paced-load.ts';

export function isRight({ request, status, body }: Answer): boolean {
  return status === 200 && isExpected(body, request.expectedBody);
}

/** @throws when one of them is anything but right. */
export function served(answers: readonly Answer[]): readonly Answer[] {
  for (const answer of answers) if (!isRight(answer)) throw wrong(answer);
  return answers;
}

/** @throws when one of them is not what a tenant whose cluster is silent is told, with its status. */
export function typed(answers: readonly Answer[]): readonly Answer[] {
  for (const answer of answers) if (!isTypedRefusal(answer)) throw wrong(answer);
  return answers;
}

/** Status by code where nothing was executed; a field that failed is null in a reply of 200. */
const STATUS: Readonly<Record<string, number>> = { TENANT_UNAVAILABLE: 503, DEADLINE_EXCEEDED: 504 };

function isTypedRefusal({ status, headers, body }: Answer): boolean {
  if (headers['content-type']?.startsWith('application/graphql-response+json') !== true) return false;
  const { data, errors } = JSON.parse(body) as {
    data?: { client: unknown };
    errors?: { extensions: { code: string } }[];
  };
  const code = errors?.length === 1 ? (errors[0]?.extensions.code ?? '') : '';
  if (!Object.hasOwn(STATUS, code)) return false;
  if (data !== undefined) return status === 200 && data.client === null;
  return status === STATUS[code] && (code !== 'TENANT_UNAVAILABLE' || Number(headers['retry-after']) > 0);
}

function wrong({ request, status, body }: Answer): Error {
  return new Error(`wrong reply: ${status} ${body} for ${request.path}`);
}
