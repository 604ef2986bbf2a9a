import type { builder } from '../../graphql/builder.ts';
import { type Outcome, UserErrorObject } from '../../graphql/user-errors.ts';
import type { KnownClient } from './client.ts';
import type { ClientWarning } from './client-form.ts';
import { ClientObject, ClientWarningObject } from './graphql.ts';

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

const warnings = (t: Fields<{ warnings: ClientWarning[] }>) => ({
  warnings: t.field({ type: [ClientWarningObject], resolve: (outcome) => outcome.warnings ?? [] }),
});

export const updatedPayload = {
  subGraphs,
  outputFields: (t: Fields<{ client: KnownClient; warnings: ClientWarning[] }>) => ({
    ...clientPayload.outputFields(t as unknown as Fields<{ client: KnownClient }>),
    ...warnings(t as unknown as Fields<{ warnings: ClientWarning[] }>),
  }),
};

export const createdPayload = {
  subGraphs,
  outputFields: (t: Fields<{ client: KnownClient; secret: string | null; warnings: ClientWarning[] }>) => ({
    ...secretPayload.outputFields(t as unknown as Fields<{ client: KnownClient; secret: string | null }>),
    ...warnings(t as unknown as Fields<{ warnings: ClientWarning[] }>),
  }),
};
