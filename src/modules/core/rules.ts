import { allow, requires, type RuleTree } from '../../graphql/rules.ts';

export const coreRules: RuleTree = {
  Query: {
    tenant: allow,
    viewer: allow,
    node: allow, // each type's own scope is checked where it is loaded
    nodes: allow,
    modules: requires('modules:read'),
  },
  Mutation: {
    updateTenant: requires('tenant:write'),
    renameTenant: requires('tenant:write'),
    addTenantHost: requires('tenant:write'),
    verifyTenantHost: requires('tenant:write'),
    removeTenantHost: requires('tenant:write'),
    enableModule: requires('modules:write'),
    disableModule: requires('modules:write'),
  },
  Tenant: {
    id: requires('tenant:read'),
    identifier: allow,
    name: allow,
    status: requires('tenant:read'),
    hosts: requires('tenant:read'),
    ownHosts: requires('tenant:read'),
  },
  TenantHost: allow,
  DnsRecord: allow,
  Viewer: allow,
  Module: allow,
  PageInfo: allow,
  UserError: allow,
  UpdateTenantPayload: allow,
  RenameTenantPayload: allow,
  AddTenantHostPayload: allow,
  VerifyTenantHostPayload: allow,
  RemoveTenantHostPayload: allow,
  EnableModulePayload: { modules: requires('modules:read'), userErrors: allow },
  DisableModulePayload: { modules: requires('modules:read'), userErrors: allow },
};
