import type { Module } from '../module.ts';
import './graphql.ts';
import { findAccount } from './account.ts';
import { isCallerLive } from './liveness.ts';
import { uniqueEmail } from './migrations/001-unique-email.ts';
import './mutations-graphql.ts';
import { answerPasswordPage } from './password-page.ts';
import { usersRules } from './rules.ts';
import { userStore, watchedUsers } from './store.ts';
import { answerVisit } from './visit.ts';

/** The people who sign in: the tenant's own, and those of its application tenants, who never meet. */
export const users: Module = {
  id: 'users',
  version: '1.0.0',
  dependsOn: [],
  isAlwaysOn: false,
  migrations: [uniqueEmail],
  rules: usersRules,
  nodes: { User: { scope: 'users:read', load: (scope, id) => userStore(scope).byId(id) } },
  signIn: { account: findAccount, visit: answerVisit, passwordPage: answerPasswordPage },
  watched: [watchedUsers],
  isCallerLive,
  forgetApplicationTenant: (scope, id) => userStore(scope).deleteAllOf(id),
};
