import type { Module } from '../module.ts';
import './graphql.ts';
import { uniqueAudience } from './migrations/001-unique-audience.ts';
import './mutations-graphql.ts';
import { resourcesRules } from './rules.ts';
import { resourceStore } from './store.ts';

/** The APIs of the tenant: their audiences, and the scopes clients may ask for there. */
export const resources: Module = {
  id: 'resources',
  version: '1.0.0',
  dependsOn: [],
  isAlwaysOn: false,
  migrations: [uniqueAudience],
  rules: resourcesRules,
  nodes: { ApiResource: { scope: 'resources:read', load: (scope, id) => resourceStore(scope).byId(id) } },
};
