import type { Module } from '../module.ts';
import { requireTypeAccess } from './content-access.ts';
import './content-change-graphql.ts';
import './content-item-mutations-graphql.ts';
import { contentItemStore, watchedItems } from './content-item-store.ts';
import './content-list-graphql.ts';
import './content-type-graphql.ts';
import './content-type-mutations-graphql.ts';
import { contentTypeStore } from './content-type-store.ts';
import { indexes } from './migrations/001-indexes.ts';
import { applicationTenants } from './migrations/002-application-tenants.ts';
import { contentRules } from './rules.ts';

/** Content types as data, and their items: drafts, what is published, and what can be restored. */
export const content: Module = {
  id: 'content',
  version: '1.0.0',
  dependsOn: [],
  isAlwaysOn: false,
  migrations: [indexes, applicationTenants],
  rules: contentRules,
  watched: [watchedItems],
  forgetApplicationTenant: (scope, id) => contentItemStore(scope).deleteAllOf(id),
  nodes: {
    ContentItem: { scope: null, load: (scope, id) => contentItemStore(scope).byId(id) },
    ContentType: {
      scope: null,
      load: async (scope, id) => {
        requireTypeAccess(scope);
        return contentTypeStore(scope).byId(id);
      },
    },
  },
};
