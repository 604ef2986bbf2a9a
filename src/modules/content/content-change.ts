import type { Change } from '../../mongo/cluster-feed.ts';
import type { Rows } from '../../mongo/rows.ts';
import type { ContentAccess } from './content-access.ts';
import type { ContentStatus } from './content-item.ts';

export const CONTENT_CHANGE_KINDS = [
  'CREATED',
  'UPDATED',
  'PUBLISHED',
  'UNPUBLISHED',
  'DELETED',
  'RESTORED',
] as const;

export type ContentChangeKind = (typeof CONTENT_CHANGE_KINDS)[number];

/** What happened to an item. */
export interface ContentChange {
  kind: ContentChangeKind;
  /** Local id of the item. */
  id: string;
}

/** What a subscriber wants to hear of; what is undefined does not matter. */
export interface ContentInterest {
  access: ContentAccess;
  rows: Rows;
  type: string | undefined;
  /** Local ids. */
  ids: ReadonlySet<string> | undefined;
}

/**
 * What a change means to a subscriber; undefined when it is none of its business. A reader hears of an item only what
 * happens while it is published, and that it is not published any more.
 */
export function contentChange(change: Change, interest: ContentInterest): ContentChange | undefined {
  const { id, now } = change;
  const { access, rows, type, ids } = interest;
  if (!isAmong(rows, now)) return undefined;
  if (type !== undefined && now['type'] !== type) return undefined;
  if (ids !== undefined && !ids.has(id)) return undefined;
  const isVisible = access === 'ALL' || wasPublished(change) || statusAfter(change) === 'PUBLISHED';
  return isVisible ? { kind: kindOf(change), id } : undefined;
}

/** Of an item that is gone without a trace nobody knows whose it was. */
function isAmong(rows: Rows, { type, applicationTenant = null }: Change['now']): boolean {
  return rows === 'ALL' || (type !== undefined && rows.applicationTenant === applicationTenant);
}

function kindOf({ kind, set }: Change): ContentChangeKind {
  if (kind === 'insert') return 'CREATED';
  if (kind === 'delete') return 'DELETED';
  if (kind === 'replace') return 'UPDATED';
  switch (set['status'] as ContentStatus | undefined) {
    case undefined:
      return 'UPDATED';
    case 'DRAFT':
      return 'RESTORED';
    case 'PUBLISHED':
    case 'UNPUBLISHED':
    case 'DELETED':
      return set['status'] as 'PUBLISHED' | 'UNPUBLISHED' | 'DELETED';
  }
}

/** The status is set together with the one before it. */
function wasPublished({ set }: Change): boolean {
  return set['status'] !== undefined && set['previousStatus'] === 'PUBLISHED';
}

/** The status a change set, else the one the item has. */
function statusAfter({ kind, set, now }: Change): unknown {
  return kind === 'delete' ? undefined : (set['status'] ?? now['status']);
}
