import type { CachedDirectory } from '../cached-directory.ts';
import type { ClusterMonitor } from '../cluster-monitor.ts';
import type { Clusters } from '../clusters.ts';
import type { ControlDatabase } from '../control-database.ts';
import type { Deletions } from '../deletions.ts';
import type { DeploymentCheck } from '../deployment-check.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { FleetMigration } from '../fleet-migration.ts';
import type { Operator } from '../operator-authentication.ts';
import type { RegistrationQuota } from '../registration-quota.ts';
import type { TenantMigration } from '../tenant-migration.ts';
import type { RegistrationTakeover } from '../registration-takeover.ts';
import type { Registration } from '../registration.ts';

/** What the platform schema works with. */
export interface Platform {
  readonly control: ControlDatabase;
  readonly directory: CachedDirectory;
  readonly clusters: Clusters;
  readonly monitor: ClusterMonitor;
  readonly checkDeployment: DeploymentCheck;
  readonly registration: Registration;
  readonly takeover: RegistrationTakeover;
  readonly quota: RegistrationQuota;
  readonly lifecycle: Lifecycle;
  readonly deletions: Deletions;
  readonly fleet: FleetMigration;
  readonly pendingMigrations: TenantMigration['pending'];
  readonly publicUrl: string;
  /** False: only operators create tenants (`REGISTRATION`). */
  readonly isRegistrationOpen: boolean;
}

export interface PlatformContext {
  readonly platform: Platform;
  /** Undefined for a caller without a token. */
  readonly operator: Operator | undefined;
  /** Network address of the caller, for quotas. */
  readonly address: string;
}
