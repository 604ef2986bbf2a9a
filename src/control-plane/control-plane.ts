import type { Config } from '../config/config.ts';
import type { SecretBox } from '../config/secrets.ts';
import type { Mailer } from '../lib/mailer.ts';
import { stepRunner } from '../lib/run-step.ts';
import type { ClientPool } from '../mongo/client-pool.ts';
import type { Module } from '../modules/module.ts';
import type { Events } from '../observability/events.ts';
import type { ModuleSets } from '../shell/module-set.ts';
import { createBackgroundMigration } from './background-migration.ts';
import { CachedDirectory } from './cached-directory.ts';
import { createClusterMonitor } from './cluster-monitor.ts';
import { Clusters } from './clusters.ts';
import type { ConnectionShares } from './connection-shares.ts';
import type { CommonClock } from './common-clock.ts';
import type { ControlDatabase } from './control-database.ts';
import { createDeletions } from './deletions.ts';
import { createDeploymentCheck } from './deployment-check.ts';
import { createFleetMigration } from './fleet-migration.ts';
import type { Platform } from './graphql/context.ts';
import { createLifecycle, type EvictShell } from './lifecycle.ts';
import { createNamespaceRecount } from './namespace-recount.ts';
import { createPlacement } from './placement.ts';
import { createMigrateForFleet } from './migrate-for-fleet.ts';
import { moduleReadiness } from './prepare-module.ts';
import { createProvisioning } from './provisioning.ts';
import { createQuarantine } from './quarantine.ts';
import { createRegistrationQuota } from './registration-quota.ts';
import { createRegistrationTakeover } from './registration-takeover.ts';
import { createRegistration } from './registration.ts';
import type { SecretKeyring } from './secret-keyring.ts';
import { createSweeper } from './sweeper.ts';
import { tenantDatabases } from './tenant-database.ts';
import { createTenantMigration } from './tenant-migration.ts';
import { createTokenIssuer } from './token-issuer.ts';

export interface ControlPlaneOptions {
  control: ControlDatabase;
  /** Connection string of the control database, which is also the first cluster. */
  controlUri: string;
  shares: ConnectionShares;
  /** Receives how many connections a client of a connection string may open. */
  poolSizes: Map<string, number>;
  config: Config;
  box: SecretBox;
  secretKey: SecretKeyring;
  clock: CommonClock;
  clients: ClientPool;
  modules: readonly Module[];
  moduleSets: ModuleSets;
  /** Told of namespaces that came into being outside of a registration. */
  account(cluster: string, count: number): void;
  evictShell: EvictShell;
  mailer: Mailer;
  events: Events;
}

/** Puts the parts of the control plane together: who the tenants are, where their data lives, what is done to them. */
export function createControlPlane(options: ControlPlaneOptions) {
  const { control, controlUri, shares, poolSizes, config, box, clients } = options;
  const { modules, moduleSets, secretKey, clock, account, evictShell, mailer, events } = options;
  const { publicUrl } = config.http;
  const directory = new CachedDirectory(control);
  const clusters = new Clusters({ control, controlUri, box, shares, poolSizes, events });
  const recount = createNamespaceRecount({ control, clusters, clients, events });
  const monitor = createClusterMonitor({
    clusters,
    clients,
    onHealthy: (record) => recount.ifDue(record),
    events,
  });
  const checkDeployment = createDeploymentCheck({
    controlUri,
    allowedHosts: config.mongo.allowedHosts,
    isProduction: config.isProduction,
  });
  const useDatabase = tenantDatabases({ clients, clusters });
  const step = stepRunner(config.crashPoint);
  const migration = createTenantMigration({
    useDatabase,
    modules: moduleSets,
    account,
    step,
    events,
  });
  const quarantine = createQuarantine(control, migration);
  const background = createBackgroundMigration(control, quarantine);
  const fleet = createFleetMigration({
    control,
    migrate: createMigrateForFleet(quarantine, migration),
    known: moduleSets.known,
    events,
  });
  const tokens = createTokenIssuer({
    ...{ control, box, publicUrl, now: clock.now },
    tenantClaim: config.tenantClaim,
  });
  const provisioning = createProvisioning({
    ...{ control, directory, clusters, useDatabase, step, events },
    moduleSets,
    requestDeadlineMs: config.http.requestDeadlineMs,
  });
  const takeover = createRegistrationTakeover({
    ...{ control, provisioning, useDatabase, secretKey },
    now: clock.now,
  });
  const registration = createRegistration({
    control,
    clusters,
    place: createPlacement({ clusters, monitor, checkDeployment, box }),
    provisioning,
    takeover,
    useDatabase,
    tokens,
    secretKey,
    box,
    publicUrl,
    now: clock.now,
    step,
    send: (mail) => void mailer.send(mail).catch((err: unknown) => events.mailFailed({ err })),
    modules: modules.filter(({ isAlwaysOn }) => !isAlwaysOn),
  });
  const lifecycle = createLifecycle({ control, directory, evictShell, events });
  const deletions = createDeletions({
    ...{ control, directory, clusters, useDatabase, evictShell, step, events },
    graceMs: config.deletionGraceMs,
    requestDeadlineMs: config.http.requestDeadlineMs,
  });
  const sweeper = createSweeper({
    ...{ control, takeover, provisioning, deletions, events },
    isInTime: () => clock.isInTime,
  });
  const { perHour, perAddressPerHour, isOpen } = config.registration;
  const platform: Platform = {
    control,
    directory,
    clusters,
    monitor,
    checkDeployment,
    registration,
    takeover,
    quota: createRegistrationQuota({ db: control.db, client: control.db.client, perHour, perAddressPerHour }),
    lifecycle,
    deletions,
    fleet,
    pendingMigrations: migration.pending,
    publicUrl,
    isRegistrationOpen: isOpen,
  };
  return {
    directory,
    clusters,
    monitor,
    background,
    fleet,
    prepareModule: moduleReadiness(control, migration),
    tokens,
    sweeper,
    platform,
  };
}
