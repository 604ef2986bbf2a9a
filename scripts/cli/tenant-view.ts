import type { App } from '../../src/app.ts';
import { isUuid } from '../../src/lib/uuid.ts';
import { Failure } from './failure.ts';
import { operate } from './operate.ts';

/** A tenant as the platform schema shows it to operators. No secret is in it. */
export interface TenantView {
  id: string;
  identifier: string;
  aliases: string[];
  name: string;
  status: string;
  graphqlUrl: string;
  issuer: string;
  modules: string[];
  placement: { mode: string; cluster: string; database: string; epoch: number };
  deletion: {
    requestedAt: string;
    requestedBy: string;
    dueAt: string;
    startedAt: string | null;
    finishedAt: string | null;
    dropped: {
      database: string;
      collections: { name: string; documents: number }[];
      namespaces: number;
    } | null;
  } | null;
  /** Only where one tenant is asked for: it takes a look into its database. */
  migration?: {
    state: string;
    pending: string[];
    migration: string | null;
    code: string | null;
    message: string | null;
    attempts: number;
    at: string | null;
  } | null;
  createdAt: string;
  updatedAt: string;
}

type Deletion = NonNullable<TenantView['deletion']>;

export const TENANT_FIELDS = `
  id identifier aliases name status graphqlUrl issuer modules
  placement { mode cluster database epoch }
  deletion {
    requestedAt requestedBy dueAt startedAt finishedAt
    dropped { database collections { name documents } namespaces }
  }
  createdAt updatedAt
`;

const MIGRATION_FIELDS = 'migration { state pending migration code message attempts at }';

/** @throws {Failure} NOT_FOUND */
export async function findTenant(app: App, idOrIdentifier: string): Promise<TenantView> {
  const { tenants } = app.platform.control;
  const record = await tenants.findOne(
    isUuid(idOrIdentifier) ? { _id: idOrIdentifier.toLowerCase() } : { names: idOrIdentifier as never },
  );
  if (record === null) throw new Failure('NOT_FOUND', `there is no tenant ${idOrIdentifier}`);
  const source = `query ($id: ID!) { tenant(id: $id) { ${TENANT_FIELDS} ${MIGRATION_FIELDS} } }`;
  return (await operate<{ tenant: TenantView }>(app, source, { id: record._id })).tenant;
}

/** For people. */
export function shown({
  placement,
  modules,
  aliases,
  deletion,
  migration,
  ...tenant
}: TenantView): Record<string, unknown> {
  return {
    ...tenant,
    ...(aliases.length === 0 ? {} : { aliases }),
    modules,
    placement: `${placement.mode} ${placement.cluster}/${placement.database}`,
    ...(migration == null ? {} : { migration: migrationLine(migration) }),
    ...(deletion === null ? {} : { deletion: deletionLine(deletion) }),
  };
}

function deletionLine({ requestedAt, requestedBy, dueAt, finishedAt, dropped }: Deletion): string {
  const asked = `asked for by ${requestedBy} at ${requestedAt}`;
  if (finishedAt === null || dropped === null) return `${asked}, due ${dueAt}`;
  const documents = dropped.collections.reduce((sum, collection) => sum + collection.documents, 0);
  return `${asked}, done ${finishedAt}: ${dropped.collections.length} collections, ${documents} documents`;
}

function migrationLine({ state, pending, migration, message }: NonNullable<TenantView['migration']>): string {
  if (migration !== null) return `${state} at ${migration}: ${message}`;
  return pending.length === 0 ? state : `${state}: ${pending.join(', ')}`;
}
