import type { NodeSource } from '../graphql/catalogue.ts';
import type { RuleTree } from '../graphql/rules.ts';
import type { Watched } from '../mongo/cluster-feed.ts';
import type { Migration } from '../mongo/migration.ts';
import type { ModuleStage } from '../shell/module-stage.ts';
import type { OptionsFollower, Scope } from '../shell/scope.ts';
import type { OptionValues } from '../tenancy/option.ts';
import type { SignIn } from './sign-in.ts';

/** An application tenant as those know it who sign in there. */
export interface Place {
  readonly id: string;
  readonly name: string;
  /** Id of the client it belongs to. */
  readonly application: string;
  /** What it has set of its options. */
  readonly options: OptionValues;
}

/**
 * A feature a tenant can have. Its GraphQL types register themselves on the builder when the module's folder is
 * imported; everything else the gateway needs to know stands here.
 */
export interface Module {
  /** Name of the module, of its sub-graph and of its migrations; never renamed. */
  readonly id: string;
  /** Version of what the module offers, for integrators. */
  readonly version: string;
  /** Modules that must be enabled first. */
  readonly dependsOn: readonly string[];
  /** True: part of every tenant and not listed by `modules`. */
  readonly isAlwaysOn: boolean;
  /** Run for tenants that have the module: in the order of the list, and before the module is enabled. */
  readonly migrations: readonly Migration[];
  /**
   * Name of the migration this build cannot do without. A database where it has not run yet is too old to be served:
   * `TENANT_UNAVAILABLE` until it has, which begins by itself. Without one every age is served (docs/decisions/0020).
   */
  readonly minimumMigration?: string;
  /** What stands in front of GraphQL for tenants that have the module, and for no other (`shell/module-stage.ts`). */
  readonly stages?: readonly ModuleStage[];
  readonly rules: RuleTree;
  /** By typename. */
  readonly nodes: Readonly<Record<string, NodeSource>>;
  /** How people sign in at the identity provider of tenants that have the module. One module of a build may say so. */
  readonly signIn?: SignIn;
  /** Finds an application tenant that is in service, by identifier or id. One module of a build may know of any. */
  readonly findPlace?: (scope: Scope, name: string) => Promise<Place | undefined>;
  /** Collections whose changes caches and subscriptions of this module must hear of, on every node. */
  readonly watched?: readonly Watched[];
  /** False when the caller of a verified token is gone or suspended. Asked before each request; cache per shell. */
  isCallerLive?(scope: Scope): Promise<boolean>;
  /** What the application tenant a caller is confined to has set of its options; cache per shell. */
  callerOptions?(scope: Scope): Promise<OptionValues | undefined>;
  /** Tells a subscription when that changes; answers what ends it. */
  followCallerOptions?(scope: Scope, follower: OptionsFollower): Promise<() => void>;
  /** Removes what an application tenant has of this module's documents; asked before it is deleted. */
  forgetApplicationTenant?(scope: Scope, applicationTenant: string): Promise<void>;
  /** Whether this module still refers to a client; asked of every module before it is deleted, like `usesResource`. */
  usesClient?(scope: Scope, clientId: string): Promise<boolean>;
  /**
   * Whether this module still refers to an API resource or, when `scopeName` is given, to that scope of it. Asked of
   * every module, enabled or not, before either is deleted; a single true answers the caller `IN_USE`. It lets modules
   * that depend on `resources` protect what they refer to without `resources` knowing them.
   *
   * @param resourceId - local id of the resource.
   */
  usesResource?(scope: Scope, resourceId: string, scopeName?: string): Promise<boolean>;
}
