import { mongo } from 'mongoose';
import type { TestGateway } from '../../support/gateway.ts';
import type { AuditTenant } from './audit-tenant.ts';

/** Everything a tenant has stored. */
export interface Snapshot {
  readonly text: string;
  readonly documents: Readonly<Record<string, readonly mongo.Document[]>>;
}

export async function snapshotOf({ app }: TestGateway, tenant: AuditTenant): Promise<Snapshot> {
  const { db, record } = tenant;
  const all = await db.listCollections({}, { nameOnly: true }).toArray();
  const own = all
    .map(({ name }) => name)
    .filter((name) => name.startsWith(record.placement.prefix) && !/^(system\.|first$)/.test(name))
    .sort();
  const documents = await Promise.all(
    own.map((name) => db.collection(name).find({}).sort({ _id: 1 }).toArray()),
  );
  const byName = Object.fromEntries(own.map((name, index) => [name, documents[index] ?? []]));
  const control = await app.platform.control.tenants.findOne({ _id: record._id });
  const { name, identifier, names, hosts, modules, settings, status } = control ?? {};
  const text = mongo.BSON.EJSON.stringify([
    byName,
    { name, identifier, names, hosts, modules, settings, status },
  ]);
  return { text, documents: byName };
}

/** Puts back what a tenant had. Collections that came since are emptied. */
export async function restore(gateway: TestGateway, tenant: AuditTenant, before: Snapshot): Promise<void> {
  const now = await snapshotOf(gateway, tenant);
  if (now.text === before.text) return;
  for (const name of Object.keys(now.documents)) {
    const [had, has] = [before.documents[name] ?? [], now.documents[name] ?? []];
    if (mongo.BSON.EJSON.stringify(had) === mongo.BSON.EJSON.stringify(has)) continue;
    const collection = tenant.db.collection(name);
    await collection.deleteMany({});
    if (had.length > 0) await collection.insertMany([...had]);
  }
  // Its counters of changes go on growing: caches go by them.
  const { name, names, hosts, settings } = tenant.record;
  const { tenants } = gateway.app.platform.control;
  await tenants.findOneAndUpdate(
    { _id: tenant.record._id },
    { $set: { name, names, hosts, settings }, $inc: { version: 1 } },
  );
}
