import { type CodedError } from '../lib/coded-error.ts';
import { invalidToken } from '../auth/unauthenticated.ts';

/**
 * What a connection is authorized by, in the form of an `Authorization` header: the header of its handshake, which
 * browsers cannot set, or a member of its first message. Where both say something they say the same.
 *
 * @param params - payload of `connection_init`: `{ authorization }`, as are headers in GraphiQL and Apollo, in
 * `{ headers }` too; names in any case.
 * @throws {CodedError} UNAUTHENTICATED
 */
export function credentialOf(
  header: string | undefined,
  params: Readonly<Record<string, unknown>> = {},
): string | undefined {
  const given = [authorizationIn(params), authorizationIn(params['headers'])].filter(
    (value) => value !== undefined,
  );
  const [first = header, ...others] = given;
  if (first === undefined) return undefined;
  if (typeof first !== 'string') throw malformed();
  const isOne = others.every((other) => other === first) && (header === undefined || header === first);
  if (!isOne) throw invalidToken('the connection names several credentials');
  return first;
}

function authorizationIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const [, found] = Object.entries(value).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return found ?? undefined;
}

function malformed(): CodedError {
  return invalidToken('authorization is not a text');
}
