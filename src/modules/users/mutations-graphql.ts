import { builder } from '../../graphql/builder.ts';
import { nodeSourceOf } from '../../graphql/catalogue.ts';
import type { TenantContext } from '../../graphql/context.ts';
import { APPLICATION_TENANT, localId } from '../../graphql/global-id.ts';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../graphql/idempotency.ts';
import { found } from '../../graphql/not-found.ts';
import { deletedPayload, nounPayload } from '../../graphql/payload.ts';
import { EXPECTED_REVISION_DESCRIPTION } from '../../graphql/revision.ts';
import { type Outcome, withUserErrors } from '../../graphql/user-errors.ts';
import { homeOf } from '../../mongo/rows.ts';
import type { Scope } from '../../shell/scope.ts';
import { createUser } from './create-user.ts';
import { UserObject } from './graphql.ts';
import { sendPasswordLink } from './password-link.ts';
import {
  deleteUser,
  grantUserScopes,
  resumeUser,
  revokeUserScopes,
  suspendUser,
  updateUser,
} from './service.ts';
import { userStore } from './store.ts';
import type { KnownUser } from './user.ts';

const subGraphs = ['users'];

// Nullable: one that fails must not take its neighbours' answers with it.
const mutation = { subGraphs, nullable: true as const };

const payload = { subGraphs, ...nounPayload('user', UserObject) };

/** The application tenant an input names; without one, that of the caller. */
async function applicationTenantOf(
  { scope, catalogue }: TenantContext,
  globalId: string | null | undefined,
): Promise<string | null> {
  if (globalId == null) return homeOf(scope.rows);
  const id = found(localId(APPLICATION_TENANT, globalId));
  const source = nodeSourceOf(catalogue, scope.tenant.modules, APPLICATION_TENANT);
  found(await source?.load(scope, id));
  return id;
}

builder.relayMutationField(
  'createUser',
  {
    subGraphs,
    inputFields: (t) => ({
      email: t.string({ required: true }),
      name: t.string(),
      scopes: t.stringList({ description: 'Scopes at this gateway; only such as the caller has.' }),
      applicationTenant: t.id({
        description:
          "Whose user it is; absent: the caller's, and the tenant's own for one of the whole tenant.",
      }),
      idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description: 'Creates a user and sends a link to set a password with.',
    resolve: (_root, { input: { applicationTenant, ...input } }, context) =>
      withUserErrors(async () => ({
        user: await createUser(context.scope, await applicationTenantOf(context, applicationTenant), input),
      })),
  },
  payload,
);

builder.relayMutationField(
  'updateUser',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true }),
      email: t.string({
        description: 'Another address is not verified; a link sent to the one before ends.',
      }),
      name: t.string(),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description:
      'Sets the values that are given. Another address needs every scope the user has: links to set a password go there.',
    resolve: (_root, { input }, { scope }) => changed(scope, input, updateUser),
  },
  payload,
);

builder.relayMutationField(
  'deleteUser',
  {
    subGraphs,
    inputFields: (t) => ({
      id: t.id({ required: true }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    ...mutation,
    description: 'Deletes a user. Its tokens are refused within a second.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        await deleteUser(scope, found(localId('User', input.id)), input);
        return { deletedId: input.id };
      }),
  },
  { subGraphs, ...deletedPayload },
);

/** Those that are about one user and nothing else are made alike. */
for (const [name, change, description] of [
  ['suspendUser', suspendUser, 'Refuses the tokens of a user within a second, and further sign-ins.'],
  ['resumeUser', resumeUser, 'Lets a suspended user sign in again.'],
] as const) {
  builder.relayMutationField(
    name,
    {
      subGraphs,
      inputFields: (t) => ({
        id: t.id({ required: true }),
        expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
      }),
    },
    { ...mutation, description, resolve: (_root, { input }, { scope }) => changed(scope, input, change) },
    payload,
  );
}

for (const [name, change, description] of [
  ['grantUserScopes', grantUserScopes, 'Gives a user scopes. Nobody grants a scope they lack.'],
  [
    'revokeUserScopes',
    revokeUserScopes,
    'Takes scopes away; earlier tokens are refused within a second, and the user has to sign in again.',
  ],
] as const) {
  builder.relayMutationField(
    name,
    {
      subGraphs,
      inputFields: (t) => ({
        id: t.id({ required: true }),
        scopes: t.stringList({ required: true }),
        expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
      }),
    },
    { ...mutation, description, resolve: (_root, { input }, { scope }) => changed(scope, input, change) },
    payload,
  );
}

builder.relayMutationField(
  'sendPasswordLink',
  { subGraphs, inputFields: (t) => ({ id: t.id({ required: true }) }) },
  {
    ...mutation,
    description: 'Sends a user another link to set a password with; the one before stops working.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        const user = found(await userStore(scope).byId(found(localId('User', input.id))));
        await sendPasswordLink(scope, user);
        return { user };
      }),
  },
  payload,
);

function changed(
  scope: Scope,
  input: { id: string },
  change: (scope: Scope, id: string, input: object) => Promise<KnownUser>,
): Promise<Outcome<{ user: KnownUser }>> {
  return withUserErrors(async () => ({ user: await change(scope, found(localId('User', input.id)), input) }));
}
