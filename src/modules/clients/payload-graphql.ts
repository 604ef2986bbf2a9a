import type { builder } from '../../graphql/builder.ts';
import { type Outcome, UserErrorObject } from '../../graphql/user-errors.ts';
import type { KnownClient } from './client.ts';
import { ClientObject } from './graphql.ts';

type Fields<R extends object> = PothosSchemaTypes.ObjectFieldBuilder<
  typeof builder.$inferSchemaTypes,
  Outcome<R>
>;

export const subGraphs = ['clients'];

/** What mutations of clients have in common. */
// Nullable: one that fails must not take its neighbours' answers with it, least of all a secret that is shown once.
export const mutation = { subGraphs, nullable: true as const };

export const clientPayload = {
  subGraphs,
  outputFields: (t: Fields<{ client: KnownClient }>) => ({
    client: t.field({ type: ClientObject, nullable: true, resolve: ({ client }) => client ?? null }),
    userErrors: t.field({ type: [UserErrorObject], resolve: ({ userErrors }) => userErrors }),
  }),
};

export const secretPayload = {
  subGraphs,
  outputFields: (t: Fields<{ client: KnownClient; secret: string | null }>) => ({
    client: t.field({ type: ClientObject, nullable: true, resolve: ({ client }) => client ?? null }),
    secret: t.string({
      nullable: true,
      description: 'Shown here and never again.',
      resolve: ({ secret }) => secret ?? null,
    }),
    userErrors: t.field({ type: [UserErrorObject], resolve: ({ userErrors }) => userErrors }),
  }),
};
