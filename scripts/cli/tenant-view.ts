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
  createdAt: string;
  updatedAt: string;
}

export const TENANT_FIELDS = `
  id identifier aliases name status graphqlUrl issuer modules
  placement { mode cluster database epoch } createdAt updatedAt
`;

/** @throws {Failure} NOT_FOUND */
export async function findTenant(app: App, idOrIdentifier: string): Promise<TenantView> {
  const { tenants } = app.platform.control;
  const record = await tenants.findOne(
    isUuid(idOrIdentifier) ? { _id: idOrIdentifier.toLowerCase() } : { names: idOrIdentifier as never },
  );
  if (record === null) throw new Failure('NOT_FOUND', `there is no tenant ${idOrIdentifier}`);
  const source = `query ($id: ID!) { tenant(id: $id) { ${TENANT_FIELDS} } }`;
  return (await operate<{ tenant: TenantView }>(app, source, { id: record._id })).tenant;
}

/** For people. */
export function shown({ placement, modules, aliases, ...tenant }: TenantView): Record<string, unknown> {
  return {
    ...tenant,
    ...(aliases.length === 0 ? {} : { aliases }),
    modules,
    placement: `${placement.mode} ${placement.cluster}/${placement.database}`,
  };
}
