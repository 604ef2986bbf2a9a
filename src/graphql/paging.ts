import type { mongo } from 'mongoose';
import { z } from 'zod';
import { CodedError } from '../lib/coded-error.ts';
import { sha256 } from '../lib/sha256.ts';
import { valueAt } from '../lib/value-at.ts';
import type { BoundModel } from '../mongo/bound-model.ts';
import type { Stored } from '../mongo/model.ts';
import { isUncastable } from '../mongo/uncastable.ts';
import { PAGE_SIZE } from './limits.ts';

/** The arguments of a connection (Relay cursor connections). */
export interface PageArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** The order of a list. Ties are broken by `_id`, so that every document has one place. */
export interface PageOrder {
  /** Path in the document. */
  path: string;
  direction: 'ASC' | 'DESC';
}

export interface ListQuery<T extends Stored> {
  filter: mongo.Filter<T>;
  order: PageOrder;
  page: PageArguments;
  /** Names the list: tenant, field and whatever makes a cursor of one list useless in another. */
  list: string;
}

/** What a connection field resolves to. */
export interface Page<T> {
  edges: { cursor: string; node: T }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  /** Counts only when the field is asked for. */
  totalCount: () => Promise<number>;
}

/**
 * Reads one page by keyset: the cost of a page does not grow with its distance from the start.
 *
 * @throws {CodedError} BAD_USER_INPUT for a cursor of another list or tenant; LIMIT_EXCEEDED for too large a page.
 */
export async function pageOf<T extends Stored>(model: BoundModel<T>, query: ListQuery<T>): Promise<Page<T>> {
  const { size, isBackward, after, before } = requestOf(query.page);
  const tag = tagOf(query.list, query.order);
  const { path } = query.order;
  const isAscending = (query.order.direction === 'ASC') !== isBackward;
  const bounds = [
    ...(after === undefined
      ? []
      : [beyond<T>(path, decodeCursor(after, tag), query.order.direction === 'ASC')]),
    ...(before === undefined
      ? []
      : [beyond<T>(path, decodeCursor(before, tag), query.order.direction !== 'ASC')]),
  ];
  const direction = isAscending ? 1 : -1;
  const documents = await model
    .find(bounds.length === 0 ? query.filter : ({ $and: [query.filter, ...bounds] } as mongo.Filter<T>), {
      sort: path === '_id' ? { _id: direction } : { [path]: direction, _id: direction },
      limit: size + 1,
    })
    .catch((error: unknown) => {
      // Whoever writes cursors of their own can put a value in one that its path cannot have.
      throw bounds.length > 0 && isUncastable(error) ? badInput('This is not a cursor.') : error;
    });
  const hasMore = documents.length > size;
  const nodes = documents.slice(0, size);
  if (isBackward) nodes.reverse();
  const edges = nodes.map((node) => ({ cursor: encodeCursor(node, path, tag), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: isBackward ? before !== undefined : hasMore,
      hasPreviousPage: isBackward ? hasMore : after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: () => model.count(query.filter),
  };
}

/** Items a page may hold. One of a size that is refused counts as the nearest that is not. */
export function sizeOfPage({ first, last }: PageArguments): number {
  return Math.max(0, Math.min(first ?? last ?? PAGE_SIZE.default, PAGE_SIZE.max));
}

function requestOf({ first, after, last, before }: PageArguments) {
  if (first != null && last != null) throw badInput('Ask for first or for last, not for both.');
  const size = first ?? last ?? PAGE_SIZE.default;
  if (size < 0) throw badInput('A page cannot have a negative size.');
  if (size > PAGE_SIZE.max) {
    throw new CodedError('LIMIT_EXCEEDED', `A page has at most ${PAGE_SIZE.max} items.`, {
      extensions: { limit: PAGE_SIZE.max },
    });
  }
  return { size, isBackward: last != null, after: after ?? undefined, before: before ?? undefined };
}

type Key = [value: string | number | boolean | Date | null, id: string];

const CursorKey = z.tuple([
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.strictObject({ date: z.iso.datetime() })]),
  z.string().max(100),
]);

function encodeCursor(node: Stored, path: string, tag: string): string {
  const value = valueAt(node, path);
  const key = [value instanceof Date ? { date: value.toISOString() } : (value ?? null), node._id];
  return Buffer.from(`${tag}${JSON.stringify(key)}`).toString('base64url');
}

function decodeCursor(cursor: string, tag: string): Key {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!text.startsWith(tag)) throw badInput('This cursor belongs to another list.');
  const key = CursorKey.safeParse(parsed(text.slice(tag.length)));
  if (!key.success) throw badInput('This is not a cursor.');
  const [value, id] = key.data;
  return [value !== null && typeof value === 'object' ? new Date(value.date) : value, id];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Not a secret, only a mark: a cursor holds what its holder has seen, but means nothing in another list. */
function tagOf(list: string, order: PageOrder): string {
  return sha256(`${list} ${order.path} ${order.direction}`).slice(0, 10);
}

/** Documents after a key. Missing values and nulls sort below everything, and `$gt` and `$lt` never match them. */
function beyond<T extends Stored>(path: string, [value, id]: Key, isAscending: boolean): mongo.Filter<T> {
  const past = isAscending ? '$gt' : '$lt';
  if (path === '_id') return { _id: { [past]: id } } as unknown as mongo.Filter<T>;
  const tie = { [path]: { $eq: value }, _id: { [past]: id } };
  if (value === null) {
    return (isAscending ? { $or: [{ [path]: { $ne: null } }, tie] } : tie) as unknown as mongo.Filter<T>;
  }
  const further = isAscending
    ? [{ [path]: { $gt: value } }]
    : [{ [path]: { $lt: value } }, { [path]: { $eq: null } }];
  return { $or: [...further, tie] } as unknown as mongo.Filter<T>;
}

function badInput(message: string): CodedError {
  return new CodedError('BAD_USER_INPUT', message);
}
