import { builder } from '../../graphql/builder.ts';
import type { Catalogue, CatalogueEntry } from '../../graphql/catalogue.ts';
import type { TenantContext } from '../../graphql/context.ts';
import { type PayloadFields, userErrorsField } from '../../graphql/payload.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import type { Tenant } from '../../tenancy/tenant.ts';

interface ModuleState {
  entry: CatalogueEntry;
  isEnabled: boolean;
}

const ModuleObject = builder.objectRef<ModuleState>('Module').implement({
  description: 'A feature this tenant can have.',
  fields: (t) => ({
    id: t.id({ resolve: ({ entry }) => entry.id }),
    enabled: t.exposeBoolean('isEnabled'),
    dependsOn: t.stringList({ resolve: ({ entry }) => [...entry.dependsOn] }),
    version: t.string({ resolve: ({ entry }) => entry.version }),
  }),
});

builder.queryField('modules', (t) =>
  t.field({
    type: [ModuleObject],
    nullable: true,
    subGraphs: ['core'],
    description: 'The modules there are, enabled or not.',
    resolve: (_root, _args, { scope, catalogue }) => statesOf(catalogue, scope.tenant),
  }),
);

const payload = {
  outputFields: (t: PayloadFields<{ modules: ModuleState[] }>) => ({
    modules: t.field({ type: [ModuleObject], nullable: true, resolve: ({ modules }) => modules ?? null }),
    userErrors: userErrorsField(t),
  }),
};

builder.relayMutationField(
  'enableModule',
  { inputFields: (t) => ({ id: t.id({ required: true }) }) },
  {
    subGraphs: ['core'],
    nullable: true,
    description:
      'Enables a module whose dependencies are enabled. The schema grows by its fields at the next request.',
    resolve: (_root, { input }, context) =>
      withUserErrors(async () => {
        const entry = optional(context, input.id);
        const tenant = await context.scope.registration.enableModule(entry.id, entry.dependsOn);
        if (tenant === undefined) {
          throw userError('INVALID', `Enable ${entry.dependsOn.join(' and ')} first.`, 'id');
        }
        return { modules: statesOf(context.catalogue, tenant) };
      }),
  },
  payload,
);

builder.relayMutationField(
  'disableModule',
  { inputFields: (t) => ({ id: t.id({ required: true }) }) },
  {
    subGraphs: ['core'],
    nullable: true,
    description: 'Disables a module. Its data stays and is there again when it is enabled.',
    resolve: (_root, { input }, context) =>
      withUserErrors(async () => {
        const entry = optional(context, input.id);
        const dependents = context.catalogue
          .filter(({ dependsOn }) => dependsOn.includes(entry.id))
          .map(({ id }) => id);
        const tenant = await context.scope.registration.disableModule(entry.id, dependents);
        if (tenant === undefined) {
          throw userError('IN_USE', `Disable ${dependents.join(' and ')} first.`, 'id');
        }
        return { modules: statesOf(context.catalogue, tenant) };
      }),
  },
  payload,
);

function statesOf(catalogue: Catalogue, tenant: Tenant): ModuleState[] {
  return catalogue
    .filter(({ isAlwaysOn }) => !isAlwaysOn)
    .map((entry) => ({ entry, isEnabled: tenant.modules.includes(entry.id) }));
}

function optional({ catalogue }: TenantContext, id: string): CatalogueEntry {
  const entry = catalogue.find((candidate) => candidate.id === id && !candidate.isAlwaysOn);
  if (entry === undefined) throw userError('INVALID', 'There is no such module.', 'id');
  return entry;
}
