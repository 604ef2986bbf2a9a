import DataLoader from 'dataloader';
import type { mongo } from 'mongoose';
import { type Page, type PageArguments, type PageOrder, pageOf } from '../../graphql/paging.ts';
import { nothingHasThisId } from '../../graphql/not-found.ts';
import { changeDocument, type Target } from '../../graphql/revision.ts';
import { userError } from '../../lib/user-error.ts';
import type { BoundModel } from '../../mongo/bound-model.ts';
import type { Follower, Watched } from '../../mongo/cluster-feed.ts';
import { isDuplicateKey } from '../../mongo/duplicate-key.ts';
import { homeOf, type Rows } from '../../mongo/rows.ts';
import { inOrderOf } from '../../lib/in-order-of.ts';
import { perScope } from '../../shell/per-scope.ts';
import type { Scope } from '../../shell/scope.ts';
import { contentAccess, type ContentAccess } from './content-access.ts';
import { type ContentItem, contentItemModel, type ContentStatus, LIVING } from './content-item.ts';
import { SLUG_INDEX } from './migrations/002-application-tenants.ts';

type ItemFilter = mongo.Filter<ContentItem>;

/** What makes an item addressable for people. */
export interface SlugKey {
  type: string;
  locale: string;
  slug: string;
}

/** What a change may set. */
export type ItemChange = Partial<
  Pick<ContentItem, 'slug' | 'title' | 'data' | 'status' | 'publishedAt' | 'deletedAt'>
>;

export type DecideChange = (item: ContentItem) => ItemChange | undefined | Promise<ItemChange | undefined>;

/** The only door to a tenant's items. Every read of this part shows what the caller may see, whatever the rules say. */
export class ContentItemStore {
  readonly #model: BoundModel<ContentItem>;
  readonly #applicationTenant: string | null;
  readonly #list: string;
  readonly #access: () => ContentAccess;
  readonly #byId: DataLoader<string, ContentItem | null>;
  readonly #bySlug: DataLoader<SlugKey, ContentItem | null, string>;

  /** `rows`: as the model is bound to. A slug leads to an item of theirs; of all of them, to the tenant's own. */
  constructor(model: BoundModel<ContentItem>, tenant: string, rows: Rows, access: () => ContentAccess) {
    this.#model = model;
    this.#applicationTenant = homeOf(rows);
    this.#list = `${tenant} ${this.#applicationTenant} contentItems`;
    this.#access = access;
    this.#byId = new DataLoader(async (ids) => {
      const items = await model.find({ _id: { $in: [...ids] }, ...this.#visible(null) });
      return inOrderOf(ids, items, ({ _id }) => _id);
    });
    this.#bySlug = new DataLoader(
      async (keys) => {
        const items = await this.withSlugs(keys, this.#visible(null));
        return inOrderOf(keys.map(slugKey), items, slugKey);
      },
      { cacheKeyFn: slugKey },
    );
  }

  byId(id: string): Promise<ContentItem | null> {
    return this.#byId.load(id);
  }

  bySlug(key: SlugKey): Promise<ContentItem | null> {
    return this.#bySlug.load(key);
  }

  /** `list`: what else makes a cursor of one list useless in another. */
  page(
    { status, filter }: { status: ContentStatus | null; filter: ItemFilter },
    order: PageOrder,
    page: PageArguments,
    list = '',
  ): Promise<Page<ContentItem>> {
    const visible = { $and: [this.#visible(status), filter] } as ItemFilter;
    return pageOf(this.#model, { filter: visible, order, page, list: `${this.#list} ${list}` });
  }

  /** What an idempotency key made, of any status. */
  created(id: string): Promise<ContentItem | null> {
    return this.#model.findOne({ _id: id });
  }

  /** The types of those of these items that live, by id, whoever asks. */
  async livingTypes(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const items = await this.#model.find({ _id: { $in: [...new Set(ids)] }, deletedAt: null });
    return new Map(items.map(({ _id, type }) => [_id, type]));
  }

  /** The living items with these slugs, whoever asks; in one command. */
  async withSlugs(keys: readonly SlugKey[], restriction: ItemFilter = {}): Promise<ContentItem[]> {
    if (keys.length === 0) return [];
    const groups = new Map<string, { type: string; locale: string; slugs: string[] }>();
    for (const { type, locale, slug } of keys) {
      const group = groups.get(`${type} ${locale}`) ?? { type, locale, slugs: [] };
      group.slugs.push(slug);
      groups.set(`${type} ${locale}`, group);
    }
    const anyOf = [...groups.values()].map(({ type, locale, slugs }) => ({
      type,
      locale,
      slug: { $in: slugs },
      applicationTenant: this.#applicationTenant,
      deletedAt: null,
    }));
    return this.#model.find({ $and: [{ $or: anyOf }, restriction] } as ItemFilter);
  }

  hasLiving(type: string): Promise<boolean> {
    return this.#model.has({ type, status: { $in: [...LIVING] } });
  }

  /** An item of this type, deleted ones included, that has a value in one of these fields. */
  async withValueIn(type: string, fields: readonly string[]): Promise<ContentItem | null> {
    if (fields.length === 0) return null;
    const anyOf = fields.map((name) => ({ [`data.${name}`]: { $exists: true } }));
    return this.#model.findOne({ type, $or: anyOf } as ItemFilter);
  }

  /**
   * @returns the item that was stored under this id before, when there is one; then nothing is inserted.
   * @throws {UserErrors} TAKEN when another living item has the slug.
   */
  async insert(item: ContentItem): Promise<ContentItem | undefined> {
    try {
      await this.#model.insert(item);
      this.#bySlug.clear(item);
      return undefined;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // A replay violates both indexes, and the server names whichever it looked at first.
      const existing = await this.created(item._id);
      if (existing !== null) return existing;
      throw slugTaken();
    }
  }

  /** Removes all items of an application tenant, whoever asks. */
  deleteAllOf(applicationTenant: string): Promise<void> {
    return this.#model.deleteMany({ applicationTenant });
  }

  insertMany(items: readonly ContentItem[]): Promise<void> {
    return this.#model.insertMany(items);
  }

  /**
   * Changes an item, whoever asks. A deleted item is found only by a change that is about deleted ones.
   *
   * @param decide - the values to set, or undefined to leave everything as it is; may run several times.
   * @throws {CodedError} NOT_FOUND
   * @throws {UserErrors} CONFLICT; TAKEN when another living item has the slug.
   */
  async change(
    target: Target,
    { isDeleted, decide }: { isDeleted: boolean; decide: DecideChange },
  ): Promise<ContentItem> {
    try {
      return await changeDocument(this.#model, target, async (item) => {
        if ((item.deletedAt !== null) !== isDeleted) throw nothingHasThisId();
        const change = await decide(item);
        const isMoving = change?.status !== undefined && change.status !== item.status;
        return isMoving ? { ...change, previousStatus: item.status } : change;
      });
    } catch (error) {
      throw isDuplicateKey(error, SLUG_INDEX) ? slugTaken() : error;
    } finally {
      this.#byId.clear(target.id);
      this.#bySlug.clearAll();
    }
  }

  /** Null: everything the caller may see but deleted items, which a writer has to ask for. */
  #visible(status: ContentStatus | null): ItemFilter {
    if (this.#access() === 'ALL') return { status: status ?? { $in: [...LIVING] } };
    return status === null || status === 'PUBLISHED' ? { status: 'PUBLISHED' } : { _id: { $in: [] } };
  }
}

function slugKey({ type, locale, slug }: SlugKey): string {
  return `${type} ${locale} ${slug}`;
}

function slugTaken() {
  return userError('TAKEN', 'Another item of this type and locale has this slug.', 'slug');
}

/** What each change of an item tells; `content-change.ts` makes sense of it. */
export const watchedItems: Watched = {
  collection: contentItemModel.collection,
  fields: ['type', 'status', 'previousStatus', 'applicationTenant'],
};

/** Tells of changes of items for longer than the scope lives; answers what ends it. */
export function followItems({ shell }: Scope, follower: Follower): Promise<() => void> {
  return shell.follow(watchedItems, follower);
}

export const contentItemStore = perScope(
  (scope) =>
    new ContentItemStore(scope.model(contentItemModel), scope.tenant.id, scope.rows, () =>
      contentAccess(scope),
    ),
);
