import { withUserErrors } from '../../graphql/user-errors.ts';
import { platformBuilder } from './builder.ts';
import { PlatformUserError } from './user-error-graphql.ts';

const FailedMigration = platformBuilder
  .objectRef<{ tenant: string; identifier: string }>('FailedMigration')
  .implement({
    fields: (t) => ({ tenant: t.exposeID('tenant'), identifier: t.exposeString('identifier') }),
  });

platformBuilder.relayMutationField(
  'migrateTenants',
  null,
  {
    description:
      'Brings every tenant up to the migrations of this build. One that fails does not stop the others.',
    resolve: (_root, _args, { platform }) => withUserErrors(() => platform.fleet.migrateAll(() => undefined)),
  },
  {
    outputFields: (t) => ({
      migrated: t.int({ nullable: true, resolve: ({ migrated }) => migrated ?? null }),
      current: t.int({ nullable: true, resolve: ({ current }) => current ?? null }),
      failed: t.field({ type: [FailedMigration], nullable: true, resolve: ({ failed }) => failed ?? null }),
      userErrors: t.field({ type: [PlatformUserError], resolve: ({ userErrors }) => userErrors }),
    }),
  },
);
