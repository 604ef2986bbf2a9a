import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

/** What a front end needs: a typed document in, typed data out. */
export type Send = <Result, Variables>(
  document: TypedDocumentNode<Result, Variables>,
  ...[variables]: Record<string, never> extends Variables ? [variables?: Variables] : [variables: Variables]
) => Promise<Result>;

/** A client of one tenant's endpoint. */
export function createClient(endpoint: string, token: string): Send {
  return async (document, ...[variables]) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const { data, errors } = (await response.json()) as { data?: unknown; errors?: { message: string }[] };
    if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
    return data as never;
  };
}
