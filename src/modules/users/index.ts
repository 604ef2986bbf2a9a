import type { Module } from '../module.ts';
import './graphql.ts';
import { isCallerLive } from './liveness.ts';
import { uniqueEmail } from './migrations/001-unique-email.ts';
import './mutations-graphql.ts';
import { usersRules } from './rules.ts';
import { userStore, watchedUsers } from './store.ts';

/** The people who sign in: the tenant's own, and those of its application tenants, who never meet. */
export const users: Module = {
  id: 'users',
  version: '1.0.0',
  dependsOn: [],
  isAlwaysOn: false,
  migrations: [uniqueEmail],
  rules: usersRules,
  nodes: { User: { scope: 'users:read', load: (scope, id) => userStore(scope).byId(id) } },
  watched: [watchedUsers],
  isCallerLive,
  forgetApplicationTenant: (scope, id) => userStore(scope).deleteAllOf(id),
};
