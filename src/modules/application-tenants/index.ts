import type { Module } from '../module.ts';
import { findPlace } from './find-place.ts';
import './graphql.ts';
import { uniqueIdentifier } from './migrations/001-unique-identifier.ts';
import './mutations-graphql.ts';
import { applicationTenantsRules } from './rules.ts';
import { callerOptions, followCallerOptions, isCallerLive } from './standing.ts';
import { applicationTenantStore, watchedApplicationTenants } from './store.ts';
import './user-owner-graphql.ts';

/** The customers of the tenant's own multi-tenant applications. */
export const applicationTenants: Module = {
  id: 'application-tenants',
  version: '1.0.0',
  dependsOn: ['clients', 'users'],
  isAlwaysOn: false,
  migrations: [uniqueIdentifier],
  rules: applicationTenantsRules,
  nodes: {
    ApplicationTenant: {
      scope: 'application-tenants:read',
      load: (scope, id) => applicationTenantStore(scope).byId(id),
    },
  },
  watched: [watchedApplicationTenants],
  isCallerLive,
  callerOptions,
  followCallerOptions,
  findPlace,
  usesClient: (scope, client) => applicationTenantStore(scope).isApplication(client),
};
