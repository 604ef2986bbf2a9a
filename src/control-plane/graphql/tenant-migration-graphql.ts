import type { TenantRecord } from '../tenant-record.ts';
import { platformBuilder } from './builder.ts';
import { TenantObject } from './tenant-graphql.ts';

const TenantMigrationState = platformBuilder.enumType('TenantMigrationState', {
  description:
    'FAILED: left out of further runs until somebody says retryFailed. UNREACHABLE: its database is.',
  values: ['CURRENT', 'PENDING', 'FAILED', 'UNREACHABLE'] as const,
});

type TenantMigration = Partial<NonNullable<TenantRecord['quarantine']>> & {
  state: 'CURRENT' | 'PENDING' | 'FAILED' | 'UNREACHABLE';
  pending: string[];
};

const TenantMigrationObject = platformBuilder.objectRef<TenantMigration>('TenantMigration').implement({
  description: 'How a tenant stands to the migrations of this build.',
  fields: (t) => ({
    state: t.expose('state', { type: TenantMigrationState }),
    pending: t.exposeStringList('pending', {
      description: 'What has not run yet, as its own database tells.',
    }),
    migration: t.string({
      nullable: true,
      description: 'The one that failed.',
      resolve: ({ migration }) => migration ?? null,
    }),
    code: t.string({ nullable: true, resolve: ({ code }) => code ?? null }),
    message: t.string({ nullable: true, resolve: ({ message }) => message ?? null }),
    attempts: t.int({ resolve: ({ attempts }) => attempts ?? 0 }),
    at: t.field({ type: 'DateTime', nullable: true, resolve: ({ at }) => at ?? null }),
  }),
});

platformBuilder.objectField(TenantObject, 'migration', (t) =>
  t.field({
    type: TenantMigrationObject,
    nullable: true,
    description: 'Asks the database of the tenant; null for one that is not in service.',
    resolve: async (
      { _id: id, modules, placement, status, quarantine },
      _args,
      { platform },
    ): Promise<TenantMigration | null> => {
      if (status !== 'ACTIVE' && status !== 'SUSPENDED') return null;
      try {
        const pending = await platform.pendingMigrations({ id, modules, placement });
        const unlessFailed = pending.length === 0 ? 'CURRENT' : 'PENDING';
        return { ...quarantine, state: quarantine === undefined ? unlessFailed : 'FAILED', pending };
      } catch {
        return { ...quarantine, state: 'UNREACHABLE', pending: [] };
      }
    },
  }),
);
