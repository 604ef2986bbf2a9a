import { allow, requires, type RuleTree } from '../../graphql/rules.ts';

const read = requires('application-tenants:read');
const write = requires('application-tenants:write');

const payload = { applicationTenant: read, userErrors: allow };

export const applicationTenantsRules: RuleTree = {
  Query: { applicationTenant: read, applicationTenants: read },
  Mutation: {
    createApplicationTenant: write,
    updateApplicationTenant: write,
    suspendApplicationTenant: write,
    resumeApplicationTenant: write,
    deleteApplicationTenant: write,
  },
  ApplicationTenant: {
    id: allow, // every field that leads to one asks for application-tenants:read
    identifier: allow,
    name: allow,
    status: allow,
    application: requires('clients:read'),
    settings: requires('settings:read'),
    revision: allow,
    createdAt: allow,
    updatedAt: allow,
  },
  ApplicationTenantConnection: allow,
  ApplicationTenantEdge: allow,
  CreateApplicationTenantPayload: payload,
  UpdateApplicationTenantPayload: payload,
  SuspendApplicationTenantPayload: payload,
  ResumeApplicationTenantPayload: payload,
  DeleteApplicationTenantPayload: allow,
};
