import { PUBLIC_HOST } from './gateway.ts';
import type { CheckedRequest } from './http-load.ts';

/** Asks a tenant who it is and, where its content is public, for what there is of it: nothing, in a database that has none. */
export function publicQuery(identifier: string, { hasContent }: { hasContent: boolean }): CheckedRequest {
  const query = `{ tenant { identifier }${hasContent ? ' contentItems { nodes { title } }' : ''} }`;
  return {
    method: 'POST',
    path: `/t/${identifier}/graphql`,
    headers: {
      host: PUBLIC_HOST,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    },
    body: JSON.stringify({ query }),
    expectedBody: JSON.stringify({
      data: { tenant: { identifier }, ...(hasContent ? { contentItems: { nodes: [] } } : {}) },
    }),
  };
}
