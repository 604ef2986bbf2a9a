import { parseInput } from '../../graphql/user-errors.ts';
import { UserErrors, userError } from '../../lib/user-error.ts';
import { uuidv7 } from '../../lib/uuid.ts';
import { homeOf } from '../../mongo/rows.ts';
import type { Scope } from '../../shell/scope.ts';
import { locale } from '../../tenancy/locale.ts';
import { optionValue } from '../../tenancy/option.ts';
import { CreateContentItem } from './content-item-input.ts';
import { contentItemStore, type SlugKey } from './content-item-store.ts';
import type { ContentItem } from './content-item.ts';
import { contentTypeStore } from './content-type-store.ts';
import { type ContentType, type DeclaredField, valueKind } from './content-type.ts';
import { checkData, refuse } from './item-data.ts';
import { slugOf } from './slug.ts';

/** A content type as `createContentType` takes it. */
export interface TypeToImport {
  name: string;
  description?: string;
  fields: readonly (Pick<DeclaredField, 'name' | 'kind'> & Partial<DeclaredField>)[];
}

/** An item as `createContentItem` takes it, but that references are slugs: in `referenceTo`, of the item's locale. */
export interface ItemToImport {
  type: string;
  slug?: string;
  locale?: string;
  title: string;
  /** Published when absent. */
  status?: 'DRAFT' | 'PUBLISHED';
  data?: object;
}

export interface ContentToImport {
  /** A type comes after those it refers to. */
  types: readonly TypeToImport[];
  items: readonly ItemToImport[];
}

/** Items that one command looks up or inserts. */
export const IMPORT_BATCH = 500;

/**
 * The documents of the items that are not there yet, every one of them checked. Items may refer to each other and to
 * items that are there.
 */
export async function planImport(scope: Scope, items: readonly ItemToImport[]): Promise<ContentItem[]> {
  const ownLocale = optionValue(locale, scope.optionLayers);
  const keyOf = ({ type, locale = ownLocale, slug, title }: ItemToImport): SlugKey => ({
    type,
    locale,
    slug: slug ?? slugOf(title) ?? '',
  });
  const types = await typesOf(scope, items);
  const own = items.map(keyOf);
  const referred = items.flatMap((item, index) =>
    referredKeys(types.get(item.type), item, own[index]?.locale ?? ''),
  );
  const ids = await idsBySlug(scope, [...own, ...referred]);
  const isThere = new Set(ids.keys());
  // A millisecond apart, so that their order is that of the import.
  const startMs = Date.now() - items.length;
  const fresh: { item: ItemToImport; key: SlugKey; index: number; createdAt: Date }[] = [];
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    if (isThere.has(join(key))) continue;
    isThere.add(join(key));
    const createdAt = new Date(startMs + index);
    ids.set(join(key), uuidv7(createdAt.getTime()));
    fresh.push({ item, key, index, createdAt });
  }
  return Promise.all(
    fresh.map(({ item, key, index, createdAt }) =>
      withPath(['items', String(index)], () =>
        documentOf(item, key, types.get(item.type), ids, {
          createdAt,
          applicationTenant: homeOf(scope.rows),
        }),
      ),
    ),
  );
}

/** Puts the place in an import before the paths of what is wrong there. */
export async function withPath<T>(place: string[], run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof UserErrors)) throw error;
    throw new UserErrors(error.errors.map((fault) => ({ ...fault, path: [...place, ...fault.path] })));
  }
}

function documentOf(
  item: ItemToImport,
  key: SlugKey,
  type: ContentType | undefined,
  ids: ReadonlyMap<string, string>,
  { createdAt, applicationTenant }: Pick<ContentItem, 'createdAt' | 'applicationTenant'>,
): ContentItem {
  const { title } = parseInput(CreateContentItem, { ...item, ...key });
  if (type === undefined) throw userError('INVALID', 'There is no such type.', 'type');
  const readReference = (slug: string, { referenceTo }: DeclaredField) =>
    ids.get(join({ type: referenceTo ?? '', locale: key.locale, slug }));
  const { data, faults } = checkData(type, item.data ?? {}, readReference);
  refuse(faults);
  const status = item.status ?? 'PUBLISHED';
  return {
    _id: ids.get(join(key)) ?? uuidv7(createdAt.getTime()),
    applicationTenant,
    ...key,
    title,
    status,
    data,
    revision: 1,
    createdAt,
    updatedAt: createdAt,
    publishedAt: status === 'PUBLISHED' ? createdAt : null,
    deletedAt: null,
  };
}

/** What the reference fields of an item name; whatever is no text is refused later. */
function referredKeys(type: ContentType | undefined, { data = {} }: ItemToImport, locale: string): SlugKey[] {
  const references = type?.fields.filter((field) => valueKind(field) === 'REFERENCE') ?? [];
  return references.flatMap(({ name, referenceTo }) => {
    const value: unknown = Object.hasOwn(data, name) ? (data as Record<string, unknown>)[name] : [];
    const slugs = (Array.isArray(value) ? value : [value]).filter((slug) => typeof slug === 'string');
    return slugs.map((slug) => ({ type: referenceTo ?? '', locale, slug }));
  });
}

async function typesOf(scope: Scope, items: readonly ItemToImport[]): Promise<Map<string, ContentType>> {
  const names = [...new Set(items.map(({ type }) => type))];
  const types = await Promise.all(names.map((name) => contentTypeStore(scope).byName(name)));
  return new Map(types.filter((type) => type !== null).map((type) => [type.name, type]));
}

async function idsBySlug(scope: Scope, keys: readonly SlugKey[]): Promise<Map<string, string>> {
  const distinct = [...new Map(keys.map((key) => [join(key), key])).values()];
  const ids = new Map<string, string>();
  for (let from = 0; from < distinct.length; from += IMPORT_BATCH) {
    const items = await contentItemStore(scope).withSlugs(distinct.slice(from, from + IMPORT_BATCH));
    for (const item of items) ids.set(join(item), item._id);
  }
  return ids;
}

function join({ type, locale, slug }: SlugKey): string {
  return `${type} ${locale} ${slug}`;
}
