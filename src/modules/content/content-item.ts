import { Schema } from 'mongoose';
import { definePartitionedModel } from '../../mongo/model.ts';
import type { Partitioned } from '../../mongo/rows.ts';

export const CONTENT_STATUSES = ['DRAFT', 'PUBLISHED', 'UNPUBLISHED', 'DELETED'] as const;

export type ContentStatus = (typeof CONTENT_STATUSES)[number];

/** Everything but deleted. */
export const LIVING: readonly ContentStatus[] = ['DRAFT', 'PUBLISHED', 'UNPUBLISHED'];

/** Typename of an item's global id. */
export const CONTENT_ITEM = 'ContentItem';

type StoredScalar = string | number | boolean | Date;

/** JSON as its text, a reference as the bare id; see `stored-data.ts`. */
export type StoredValue = StoredScalar | StoredScalar[];

export type StoredData = Record<string, StoredValue>;

/** A piece of content. */
export interface ContentItem extends Partitioned {
  /** Name of its content type. */
  type: string;
  slug: string;
  /** BCP 47, canonical. */
  locale: string;
  title: string;
  status: ContentStatus;
  /** The one before, since it changed for the first time: with it a change tells what it was a change from. */
  previousStatus?: ContentStatus;
  data: StoredData;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
  /** When it was last published. */
  publishedAt: Date | null;
  /** Null while it lives; the unique index of slugs covers the living only. */
  deletedAt: Date | null;
  /** SHA-256 of the input its idempotency key is bound to. */
  inputHash?: string;
}

export const contentItemModel = definePartitionedModel<ContentItem>(
  'content_items',
  new Schema<ContentItem>({
    _id: String,
    type: { type: String, required: true },
    slug: { type: String, required: true },
    locale: { type: String, required: true },
    title: { type: String, required: true },
    status: { type: String, enum: CONTENT_STATUSES, required: true },
    previousStatus: { type: String, enum: CONTENT_STATUSES },
    data: { type: Schema.Types.Mixed, required: true },
    revision: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    publishedAt: { type: Date, default: null },
    deletedAt: { type: Date, default: null },
    inputHash: String,
  } as unknown as ConstructorParameters<typeof Schema<ContentItem>>[0]),
);
