import type { Send } from './client.ts';
import {
  ClientsDocument,
  ContentItemBySlugDocument,
  ContentItemsDocument,
  ContentTypesDocument,
  CreateClientDocument,
  CreateContentItemDocument,
  CreateContentTypeDocument,
  CreateResourceDocument,
  DeleteClientDocument,
  GrantClientScopesDocument,
  ModulesDocument,
  PublishContentItemDocument,
  ResourcesDocument,
  SettingsDocument,
  UpdateContentItemDocument,
  UpdateSettingsDocument,
  WhoAmIDocument,
} from './generated/graphql.ts';

/** What somebody who builds on this gateway would write: every operation, typed end to end. */
export async function journey(send: Send) {
  const { tenant, viewer } = await send(WhoAmIDocument);
  const modules = (await send(ModulesDocument)).modules ?? [];

  const before = (await send(SettingsDocument)).settings;
  const updated = await send(UpdateSettingsDocument, {
    input: { theme: { primaryColor: '#123456' }, expectedRevision: before?.revision ?? 0 },
  });

  const resource = await send(CreateResourceDocument, {
    input: { name: 'Orders', audience: 'https://orders.example/api', scopes: [{ name: 'orders:read' }] },
  });
  const resources = await send(ResourcesDocument);
  const created = await send(CreateClientDocument, { input: { name: 'Shop', scopes: ['content:read'] } });
  const client = created.createClient?.client;
  const granted = await send(GrantClientScopesDocument, {
    input: {
      id: client?.id ?? '',
      resource: resource.createResource?.resource?.id ?? '',
      scopes: ['orders:read'],
    },
  });
  const clients = await send(ClientsDocument, { first: 10 });
  const deleted = await send(DeleteClientDocument, { input: { id: client?.id ?? '' } });

  await send(CreateContentTypeDocument, {
    input: { name: 'Article', fields: [{ name: 'body', kind: 'RICH_TEXT', isRequired: true }] },
  });
  const types = await send(ContentTypesDocument);
  const draft = await send(CreateContentItemDocument, {
    input: { type: 'Article', title: 'Hello, world', data: { body: 'First words.' } },
  });
  const item = draft.createContentItem?.contentItem;
  await send(UpdateContentItemDocument, {
    input: { id: item?.id ?? '', title: 'Hello', expectedRevision: item?.revision ?? 0 },
  });
  const published = await send(PublishContentItemDocument, { input: { id: item?.id ?? '' } });
  const bySlug = await send(ContentItemBySlugDocument, { type: 'Article', slug: item?.slug ?? '' });
  const list = await send(ContentItemsDocument, {
    filter: { type: 'Article', status: 'PUBLISHED' },
    orderBy: { field: 'TITLE', direction: 'ASC' },
  });

  return {
    tenant,
    viewer,
    modules,
    color: updated.updateSettings?.settings?.theme.primaryColor,
    resources: resources.resources?.nodes.map(({ audience }) => audience),
    secret: created.createClient?.secret,
    grants: granted.grantClientScopes?.client?.grants.map(({ scopes }) => scopes),
    clients: clients.clients?.nodes.map(({ name }) => name),
    deletedId: deleted.deleteClient?.deletedId,
    clientId: client?.id,
    types: types.contentTypes?.nodes.map(({ name }) => name),
    status: published.publishContentItem?.contentItem?.status,
    title: bySlug.contentItemBySlug?.title,
    count: list.contentItems?.totalCount,
  };
}
