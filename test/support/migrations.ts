import type { Module } from '../../src/modules/module.ts';
import type { Migration } from '../../src/mongo/migration.ts';
import type { Stamp } from '../../src/shell/stamp.ts';
import type { TestGateway, TestTenant } from './gateway.ts';

/** A module that is nothing but its migrations. */
export function migratedModule(
  id: string,
  migrations: readonly Migration[],
  rest: Partial<Module> = {},
): Module {
  return {
    id,
    version: '1.0.0',
    dependsOn: [],
    isAlwaysOn: false,
    migrations,
    rules: {},
    nodes: {},
    ...rest,
  };
}

export async function databaseOf({ databases }: TestGateway, { record }: Pick<TestTenant, 'record'>) {
  return databases.of(record);
}

async function stampsOf(gateway: TestGateway, tenant: Pick<TestTenant, 'record'>) {
  return (await databaseOf(gateway, tenant)).collection<Stamp>(`${tenant.record.placement.prefix}_tenant`);
}

/** The stamp of a tenant's database, looked at behind the gateway's back. */
export async function stampOf(gateway: TestGateway, tenant: Pick<TestTenant, 'record'>): Promise<Stamp> {
  const stamp = await (await stampsOf(gateway, tenant)).findOne({ _id: 'stamp' });
  if (stamp === null) throw new Error('there is no stamp');
  return stamp;
}

export async function changeStamp(
  gateway: TestGateway,
  tenant: Pick<TestTenant, 'record'>,
  changes: object,
): Promise<void> {
  await (await stampsOf(gateway, tenant)).updateOne({ _id: 'stamp' }, { $set: changes });
}

export async function ledgerOf(gateway: TestGateway, tenant: Pick<TestTenant, 'record'>): Promise<string[]> {
  return (await stampOf(gateway, tenant)).migrations.map(({ name }) => name);
}
