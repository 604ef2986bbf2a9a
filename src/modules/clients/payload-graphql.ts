import { nounPayload, type PayloadFields, userErrorsField } from '../../graphql/payload.ts';
import type { KnownClient } from './client.ts';
import type { ClientWarning } from './client-form.ts';
import { ClientObject, ClientWarningObject } from './graphql.ts';

export const subGraphs = ['clients'];

/** What mutations of clients have in common. */
// Nullable: one that fails must not take its neighbours' answers with it, least of all a secret that is shown once.
export const mutation = { subGraphs, nullable: true as const };

export const clientPayload = { subGraphs, ...nounPayload('client', ClientObject) };

export const secretPayload = {
  subGraphs,
  outputFields: (t: PayloadFields<{ client: KnownClient; secret: string | null }>) => ({
    client: t.field({ type: ClientObject, nullable: true, resolve: ({ client }) => client ?? null }),
    secret: t.string({
      nullable: true,
      description: 'Shown here and never again.',
      resolve: ({ secret }) => secret ?? null,
    }),
    userErrors: userErrorsField(t),
  }),
};

const warnings = (t: PayloadFields<{ warnings: ClientWarning[] }>) => ({
  warnings: t.field({ type: [ClientWarningObject], resolve: (outcome) => outcome.warnings ?? [] }),
});

export const updatedPayload = {
  subGraphs,
  outputFields: (t: PayloadFields<{ client: KnownClient; warnings: ClientWarning[] }>) => ({
    ...clientPayload.outputFields(t as unknown as PayloadFields<{ client: KnownClient }>),
    ...warnings(t as unknown as PayloadFields<{ warnings: ClientWarning[] }>),
  }),
};

export const createdPayload = {
  subGraphs,
  outputFields: (
    t: PayloadFields<{ client: KnownClient; secret: string | null; warnings: ClientWarning[] }>,
  ) => ({
    ...secretPayload.outputFields(
      t as unknown as PayloadFields<{ client: KnownClient; secret: string | null }>,
    ),
    ...warnings(t as unknown as PayloadFields<{ warnings: ClientWarning[] }>),
  }),
};
