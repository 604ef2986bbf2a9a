import type { mongo } from 'mongoose';
import {
  badCondition,
  comparable,
  type OrderedCondition,
  orderedOperators,
  type TextCondition,
  textOperators,
} from './conditions.ts';
import { CONDITION_LIMIT } from './content-limits.ts';
import type { ContentItem, ContentStatus } from './content-item.ts';
import type { ContentType } from './content-type.ts';
import { type FieldFilter, fieldFilter } from './field-filter.ts';

type Maybe<T> = T | null | undefined;

/** As callers write it; everything that is given must hold. */
export interface ContentItemFilter {
  type?: Maybe<string>;
  locale?: Maybe<string>;
  status?: Maybe<ContentStatus>;
  slug?: Maybe<string>;
  title?: Maybe<TextCondition>;
  createdAt?: Maybe<OrderedCondition<Date>>;
  updatedAt?: Maybe<OrderedCondition<Date>>;
  publishedAt?: Maybe<OrderedCondition<Date>>;
  fields?: Maybe<readonly FieldFilter[]>;
}

/**
 * The filter of a list, without the status, which is the store's business.
 *
 * @param type - the declared type the filter names, if it needs one.
 * @throws {CodedError} BAD_USER_INPUT, LIMIT_EXCEEDED.
 */
export function itemFilter(filter: ContentItemFilter, type: ContentType | null): mongo.Filter<ContentItem> {
  const conditions: Record<string, unknown>[] = [];
  for (const path of ['type', 'locale', 'slug'] as const) {
    const value = filter[path];
    if (value != null) conditions.push({ [path]: { $eq: comparable(value) } });
  }
  if (filter.title != null) conditions.push({ title: textOperators(filter.title) });
  for (const path of ['createdAt', 'updatedAt', 'publishedAt'] as const) {
    const condition = filter[path];
    if (condition != null) conditions.push({ [path]: orderedOperators(condition) });
  }
  const fields = filter.fields ?? [];
  if (fields.length > CONDITION_LIMIT.fields) {
    throw badCondition(`A filter has at most ${CONDITION_LIMIT.fields} fields.`);
  }
  for (const field of fields) conditions.push(fieldFilter(declaring(type), field));
  return (conditions.length === 0 ? {} : { $and: conditions }) as mongo.Filter<ContentItem>;
}

/** @throws {CodedError} BAD_USER_INPUT where a declared field is named without a type that declares it. */
export function declaring(type: ContentType | null): ContentType {
  if (type === null) throw badCondition('To use declared fields, filter by the type that declares them.');
  return type;
}
