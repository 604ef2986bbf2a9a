import { mongo } from 'mongoose';
import type { PlacementMode } from '../../../src/tenancy/tenant.ts';
import { mongodbUri } from '../../support/mongodb-uri.ts';
import { merged } from './audit.ts';
import { type AuditedGateway, openAuditTenant } from './audit-tenant.ts';
import { watchDatabases } from './database-watch.ts';
import type { Stage } from './run-audit.ts';
import { snapshotOf } from './snapshot.ts';

/** Makes acme and globex, both placed in one mode, with canaries of every type. */
export async function openStage(
  audited: AuditedGateway,
  mode: PlacementMode,
): Promise<Stage & AsyncDisposable> {
  const client = await new mongo.MongoClient(mongodbUri()).connect();
  const placement = mode === 'DEDICATED' ? { mode, connectionString: mongodbUri() } : { mode };
  const suffix = mode.toLowerCase();
  const owner = await openAuditTenant(audited, `acme-${suffix}`, { placement, client });
  const stranger = await openAuditTenant(audited, `globex-${suffix}`, { placement, client });
  const databases = new Set([owner, stranger].map(({ record }) => record.placement.database));
  const control = audited.gateway.app.platform.control.db;
  const watch = await watchDatabases([
    client.db(control.databaseName),
    ...[...databases].map((name) => client.db(name)),
  ]);
  return {
    ...audited,
    told: merged(audited.modules),
    owner,
    stranger,
    ownerHas: await snapshotOf(audited.gateway, owner),
    strangerHas: await snapshotOf(audited.gateway, stranger),
    watch,
    async [Symbol.asyncDispose]() {
      await watch[Symbol.asyncDispose]();
      await client.close();
    },
  };
}
