import { type Page, type PageArguments, type PageOrder, sizeOfPage } from '../../graphql/paging.ts';
import type { Scope } from '../../shell/scope.ts';
import { badCondition } from './conditions.ts';
import type { ContentItem } from './content-item.ts';
import { contentItemStore } from './content-item-store.ts';
import type { ContentType } from './content-type.ts';
import { contentTypeStore } from './content-type-store.ts';
import { sortPath } from './field-filter.ts';
import { takeItems } from './item-allowance.ts';
import { type ContentItemFilter, declaring, itemFilter } from './item-filter.ts';

/** Paths by name. */
export const ITEM_ORDERS = {
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  PUBLISHED_AT: 'publishedAt',
  TITLE: 'title',
  SLUG: 'slug',
} as const;

export interface ContentItemOrder {
  field?: keyof typeof ITEM_ORDERS | null | undefined;
  dataField?: string | null | undefined;
  direction: 'ASC' | 'DESC';
}

export interface ItemListArguments extends PageArguments {
  filter?: ContentItemFilter | null | undefined;
  orderBy?: ContentItemOrder | null | undefined;
}

/**
 * A page of the items the caller may see.
 *
 * @throws {CodedError} BAD_USER_INPUT, LIMIT_EXCEEDED; UNAUTHENTICATED or FORBIDDEN when it may see none.
 */
export async function listItems(
  scope: Scope,
  { filter, orderBy, ...page }: ItemListArguments,
): Promise<Page<ContentItem>> {
  takeItems(scope, sizeOfPage(page));
  const needsType = (filter?.fields?.length ?? 0) > 0 || orderBy?.dataField != null;
  const type = needsType && filter?.type != null ? await contentTypeStore(scope).byName(filter.type) : null;
  const order = orderOf(orderBy, type);
  const restriction = { status: filter?.status ?? null, filter: itemFilter(filter ?? {}, type) };
  return contentItemStore(scope).page(restriction, order, page, orderBy?.dataField == null ? '' : type?.name);
}

function orderOf(orderBy: ContentItemOrder | null | undefined, type: ContentType | null): PageOrder {
  if (orderBy == null) return { path: ITEM_ORDERS.CREATED_AT, direction: 'ASC' };
  const { field, dataField, direction } = orderBy;
  if ((field == null) === (dataField == null)) throw badCondition('Order by field or by dataField.');
  if (dataField != null) return { path: sortPath(declaring(type), dataField), direction };
  return { path: ITEM_ORDERS[field ?? 'CREATED_AT'], direction };
}
