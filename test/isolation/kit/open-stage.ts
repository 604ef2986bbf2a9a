import { mongo } from 'mongoose';
import type { PlacementMode } from '../../../src/tenancy/tenant.ts';
import { addSecondCluster, SECOND } from '../../support/gateway.ts';
import { mongodbUri, secondMongodbUri } from '../../support/mongodb-uri.ts';
import { merged } from './audit.ts';
import { type AuditedGateway, openAuditTenant } from './audit-tenant.ts';
import { watchDatabases } from './database-watch.ts';
import type { Stage } from './run-audit.ts';
import { snapshotOf } from './snapshot.ts';

/**
 * Makes the owner, a stranger beside it on one server, and one on another server, all placed in one mode and with
 * canaries of every type.
 */
export async function openStage(
  audited: AuditedGateway,
  mode: PlacementMode,
): Promise<Stage & AsyncDisposable> {
  await addSecondCluster(audited.gateway);
  const here = await new mongo.MongoClient(mongodbUri()).connect();
  const there = await new mongo.MongoClient(secondMongodbUri()).connect();
  const onOwn = (connectionString: string) => ({ mode, connectionString });
  const isDedicated = mode === 'DEDICATED';
  const near = { placement: isDedicated ? onOwn(mongodbUri()) : { mode }, client: here };
  const far = {
    placement: isDedicated ? onOwn(secondMongodbUri()) : { mode, cluster: SECOND },
    client: there,
  };
  const owner = await openAuditTenant(audited, 'acme', near);
  const strangers = [
    await openAuditTenant(audited, 'globex', near),
    await openAuditTenant(audited, 'initech', far),
  ];
  const databases = new Map(
    [owner, ...strangers].map(({ db }) => [`${db.client.options.hosts.join()} ${db.databaseName}`, db]),
  );
  const control = here.db(audited.gateway.app.platform.control.db.databaseName);
  const watch = await watchDatabases([control, ...databases.values()]);
  return {
    ...audited,
    told: merged(audited.modules),
    owner: { tenant: owner, has: await snapshotOf(audited.gateway, owner) },
    strangers: await Promise.all(
      strangers.map(async (tenant) => ({ tenant, has: await snapshotOf(audited.gateway, tenant) })),
    ),
    watch,
    async [Symbol.asyncDispose]() {
      await watch[Symbol.asyncDispose]();
      await Promise.all([here.close(), there.close()]);
    },
  };
}
