import type { Module } from '../module.ts';
import './grant-mutations-graphql.ts';
import './graphql.ts';
import { clientModel } from './client.ts';
import { isCallerLive } from './liveness.ts';
import './mutations-graphql.ts';
import { clientsRules } from './rules.ts';
import './secret-mutations-graphql.ts';
import { clientStore } from './store.ts';

/**
 * The applications that ask the tenant's identity provider for tokens. The collection has no index but that of `_id`:
 * a sign-up creates it, and namespaces are scarce.
 */
export const clients: Module = {
  id: 'clients',
  version: '1.0.0',
  dependsOn: ['resources'],
  isAlwaysOn: false,
  migrations: [],
  rules: clientsRules,
  nodes: { Client: { scope: 'clients:read', load: (scope, id) => clientStore(scope).byId(id) } },
  watched: [{ collection: clientModel.collection }],
  isCallerLive,
  usesResource: (scope, resourceId, scopeName) => clientStore(scope).isResourceGranted(resourceId, scopeName),
};
