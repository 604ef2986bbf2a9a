import type { TenantContext } from '../../graphql/context.ts';
import { allow, requires, type RuleTree } from '../../graphql/rules.ts';
import { rule } from '../../graphql/shield.ts';
import type { Scope } from '../../shell/scope.ts';
import { contentAccess, requireTypeAccess } from './content-access.ts';

const readContent = may('read content', contentAccess);
/** Writers read what they write; that something is public does not let everybody see what a change answers. */
const readTypes = may('read content types', requireTypeAccess);
const write = requires('content:write');
const publish = requires('content:publish');

const itemPayload = { contentItem: readTypes, userErrors: allow };
const typePayload = { contentType: readTypes, userErrors: allow };

export const contentRules: RuleTree = {
  Query: {
    contentItem: readContent,
    contentItemBySlug: readContent,
    contentItems: readContent,
    contentType: readTypes,
    contentTypes: readTypes,
  },
  Subscription: { contentChanged: readContent },
  Mutation: {
    createContentItem: write,
    updateContentItem: write,
    publishContentItem: publish,
    unpublishContentItem: publish,
    deleteContentItem: write,
    restoreContentItem: write,
    createContentType: write,
    updateContentType: write,
    deleteContentType: write,
  },
  // Every field that leads to an item or a type is guarded, and the store shows a caller only what it may see.
  ContentItem: {
    id: allow,
    type: allow,
    contentType: readTypes,
    slug: allow,
    locale: allow,
    title: allow,
    status: allow,
    data: allow,
    references: allow,
    revision: allow,
    createdAt: allow,
    updatedAt: allow,
    publishedAt: allow,
  },
  ContentChange: allow,
  ContentReference: allow,
  ContentItemConnection: allow,
  ContentItemEdge: allow,
  ContentType: allow,
  ContentField: allow,
  ContentTypeConnection: allow,
  ContentTypeEdge: allow,
  CreateContentItemPayload: itemPayload,
  UpdateContentItemPayload: itemPayload,
  PublishContentItemPayload: itemPayload,
  UnpublishContentItemPayload: itemPayload,
  DeleteContentItemPayload: allow,
  RestoreContentItemPayload: itemPayload,
  CreateContentTypePayload: typePayload,
  UpdateContentTypePayload: typePayload,
  DeleteContentTypePayload: allow,
};

/** A rule out of a check that throws what the caller is answered. */
function may(name: string, check: (scope: Scope) => unknown) {
  return rule(`may ${name}`, { cache: 'no_cache' })((_parent, _args, { scope }: TenantContext) => {
    try {
      check(scope);
      return true;
    } catch (error) {
      return error as Error;
    }
  });
}
