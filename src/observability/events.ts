import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/**
 * What the business would want to know happened: one function an event, each a log line and a count. Arguments are
 * ids and names, never secrets.
 */
export function createEvents(log: Logger, metrics: Metrics) {
  const emit = (level: 'info' | 'warn' | 'error', event: string, fields: object, message: string): void => {
    metrics.events.inc({ event });
    log[level]({ event, ...fields }, message);
  };
  return {
    tenantRegistered: (fields: { tenant: string; identifier: string; isSelfRegistered: boolean }) =>
      emit('info', 'tenant_registered', fields, 'tenant registered'),
    tenantStatusChanged: (fields: { tenant: string; from: string; to: string }) =>
      emit('info', 'tenant_status_changed', fields, 'tenant status changed'),
    lateWritesDropped: (fields: { tenant: string; collections: readonly string[] }) =>
      emit(
        'warn',
        'late_writes_dropped',
        fields,
        'a node that was cut off wrote to a deleted tenant; it is gone',
      ),
    lateWritesLeft: (fields: { tenant: string; err: unknown }) =>
      emit(
        'warn',
        'late_writes_left',
        fields,
        "a deleted tenant's own deployment is out of reach for days; what was written there late is left, and its connection string is forgotten",
      ),
    tenantRenamed: (fields: { tenant: string; from: string; to: string }) =>
      emit('info', 'tenant_renamed', fields, 'tenant renamed'),
    tenantHostVerified: (fields: { tenant: string; host: string }) =>
      emit('info', 'tenant_host_verified', fields, 'a host leads to a tenant now'),
    trustedIssuerAdded: (fields: { tenant: string; issuer: string; scopes: readonly string[] }) =>
      emit('info', 'trusted_issuer_added', fields, 'a tenant trusts an issuer outside now'),
    trustedIssuerRemoved: (fields: { tenant: string; issuer: string }) =>
      emit('info', 'trusted_issuer_removed', fields, 'a tenant trusts an issuer outside no longer'),
    tenantModulesChanged: (fields: { tenant: string; modules: readonly string[] }) =>
      emit('info', 'tenant_modules_changed', fields, 'tenant modules changed'),
    provisioningResumed: (fields: { tenant: string; outcome: 'undo' | 'finish' }) =>
      emit('info', 'provisioning_resumed', fields, 'unfinished registration taken up again'),
    provisioningFailed: (fields: { tenant: string; step: string; err: unknown }) =>
      emit('error', 'provisioning_failed', fields, 'registration failed'),
    mailFailed: (fields: { err: unknown }) => emit('error', 'mail_failed', fields, 'a mail was not sent'),
    sweepFailed: (fields: { tenant?: string; err: unknown }) =>
      emit('error', 'sweep_failed', fields, 'cleaning up a registration failed; it is tried again'),
    migrationFailed: (fields: { tenant: string; migration: string; err: unknown }) =>
      emit('error', 'migration_failed', fields, 'a tenant could not be migrated'),
    tenantMigrated: (fields: { tenant: string; migrations: readonly string[] }) =>
      emit('info', 'tenant_migrated', fields, 'tenant migrated'),
    fleetMigrationEnded: (fields: { run: string; state: string; migrated: number; failed: number }) =>
      emit('info', 'fleet_migration_ended', fields, 'tenants migrated'),
    fleetMigrationTakenUp: (fields: { run: string }) =>
      emit('info', 'fleet_migration_taken_up', fields, 'migration of the tenants taken up from a dead node'),
    fleetMigrationFailed: (fields: { run?: string; err: unknown }) =>
      emit(
        'warn',
        'fleet_migration_failed',
        fields,
        'migration of the tenants broke off; it is taken up again',
      ),
    foreignStamp: (fields: { tenant: string; database: string; found: string }) =>
      emit('error', 'foreign_stamp', fields, 'REFUSED: this database carries the stamp of somebody else'),
    tenantUnavailable: (fields: { tenant: string; err: unknown }) =>
      emit('error', 'tenant_unavailable', fields, 'tenant cannot be opened'),
    shellCloseFailed: (fields: { err: unknown }) =>
      emit('warn', 'shell_close_failed', fields, 'a shell did not close cleanly'),
    directoryFeedLost: (fields: { err: unknown }) =>
      emit('warn', 'directory_feed_lost', fields, 'change stream of the directory lost; polling meanwhile'),
    directoryFeedResumed: () =>
      emit('info', 'directory_feed_resumed', {}, 'change stream of the directory goes on where it ended'),
    directoryFeedCaughtUp: () =>
      emit(
        'info',
        'directory_feed_caught_up',
        {},
        'change stream of the directory started anew; open tenants were checked against their records',
      ),
    directoryStale: (fields: { err: unknown }) =>
      emit(
        'error',
        'directory_stale',
        fields,
        'out of touch with the control database: nothing is written until it is heard from',
      ),
    directoryFresh: () =>
      emit('info', 'directory_fresh', {}, 'in touch with the control database again; writes go on'),
    clockOff: (fields: { offsetMs: number }) =>
      emit(
        'error',
        'clock_off',
        fields,
        'the clocks of this machine and of the control database differ: nothing is served until they agree (NTP)',
      ),
    clockRight: (fields: { offsetMs: number }) =>
      emit('info', 'clock_right', fields, 'the clocks agree again; requests are served'),
    clusterNearBudget: (fields: { cluster: string; used: number; budget: number }) =>
      emit('warn', 'cluster_near_budget', fields, 'cluster uses 80 % of its namespaces'),
    connectionsNearBudget: (fields: { cluster: string; used: number; budget: number }) =>
      emit(
        'warn',
        'connections_near_budget',
        fields,
        'gateways may open 80 % of the connections of a cluster',
      ),
    clusterUnreachable: (fields: { cluster: string; err: unknown }) =>
      emit('error', 'cluster_unreachable', fields, 'cluster does not answer; it takes no new tenants'),
    clusterReachable: (fields: { cluster: string }) =>
      emit('info', 'cluster_reachable', fields, 'cluster answers again'),
    clusterLookFailed: (fields: { err: unknown }) =>
      emit('warn', 'cluster_look_failed', fields, 'clusters could not be looked at'),
    clusterRecounted: (fields: { cluster: string; before: number; after: number }) =>
      emit('warn', 'cluster_recounted', fields, 'namespaces of a cluster were miscounted; corrected'),
    clusterRecountFailed: (fields: { cluster: string; err: unknown }) =>
      emit('warn', 'cluster_recount_failed', fields, 'namespaces of a cluster could not be counted'),
    circuitOpened: (servers: readonly string[]) => {
      metrics.openCircuits.inc();
      emit(
        'error',
        'circuit_opened',
        { servers },
        'a cluster does not answer; its tenants are refused at once',
      );
    },
    circuitClosed: (servers: readonly string[]) => {
      metrics.openCircuits.dec();
      emit('info', 'circuit_closed', { servers }, 'a cluster answers again');
    },
    capacityExhausted: (fields: { cluster?: string }) =>
      emit('error', 'capacity_exhausted', fields, 'no cluster can take another tenant'),
  };
}

export type Events = ReturnType<typeof createEvents>;
