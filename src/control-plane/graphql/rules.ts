import type { PlatformScope } from '../../auth/scopes.ts';
import type { RuleTree } from '../../graphql/rules.ts';
import { allow, rule, type ShieldRule } from '../../graphql/shield.ts';
import { CodedError } from '../../lib/coded-error.ts';
import type { PlatformContext } from './context.ts';

function operator(scope: PlatformScope): ShieldRule {
  return rule(`operator with ${scope}`, { cache: 'no_cache' })(
    (_parent, _args, { operator: caller }: PlatformContext) => {
      if (caller === undefined)
        return new CodedError('UNAUTHENTICATED', 'Sign in as an operator to use this field.');
      return caller.scopes.has(scope) || new CodedError('FORBIDDEN', `This needs the scope ${scope}.`);
    },
  );
}

const readsTenants = operator('platform:tenants:read');
const writesTenants = operator('platform:tenants:write');
const readsClusters = operator('platform:clusters:read');
const writesClusters = operator('platform:clusters:write');

export const platformRules: RuleTree = {
  Query: {
    health: allow,
    identifierAvailable: allow,
    tenants: readsTenants,
    tenant: readsTenants,
    tenantByIdentifier: readsTenants,
    clusters: readsClusters,
    fleetMigration: readsTenants,
  },
  Mutation: {
    registerTenant: allow,
    createTenant: writesTenants,
    suspendTenant: writesTenants,
    resumeTenant: writesTenants,
    deleteTenant: writesTenants,
    restoreTenant: writesTenants,
    releaseIdentifier: writesTenants,
    migrateTenants: writesTenants,
    addCluster: writesClusters,
    updateCluster: writesClusters,
  },
  Tenant: {
    id: allow,
    identifier: allow,
    aliases: readsTenants,
    name: allow,
    status: allow,
    graphqlUrl: allow,
    issuer: allow,
    modules: allow,
    placement: readsTenants,
    migration: readsTenants,
    deletion: readsTenants,
    createdAt: allow,
    updatedAt: allow,
  },
  Placement: allow,
  Deletion: allow,
  DroppedData: allow,
  DroppedCollection: allow,
  TenantConnection: allow,
  TenantEdge: allow,
  PageInfo: allow,
  Cluster: allow,
  Health: allow,
  Bootstrap: allow,
  UserError: allow,
  FleetMigration: allow,
  FailedMigration: allow,
  PlannedMigration: allow,
  TenantMigration: allow,
  RegisterTenantPayload: allow,
  CreateTenantPayload: allow,
  SuspendTenantPayload: allow,
  ResumeTenantPayload: allow,
  DeleteTenantPayload: allow,
  RestoreTenantPayload: allow,
  ReleaseIdentifierPayload: allow,
  MigrateTenantsPayload: allow,
  AddClusterPayload: allow,
  UpdateClusterPayload: allow,
};
