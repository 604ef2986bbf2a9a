import type { ItemToImport } from '../../modules/content/import-plan.ts';
import { slugOf } from '../../modules/content/slug.ts';
import { browserSlug } from './browser-items.ts';
import type { CompatData, CompatNode, CompatStatement, SupportStatement } from './compat-data.ts';

/**
 * Areas that are shown, and how many levels of each: of the 10,000 features of `api` the interfaces are enough to
 * look around in.
 */
export const AREAS: Readonly<Record<string, number>> = {
  api: 1,
  css: Infinity,
  html: Infinity,
  http: Infinity,
  javascript: Infinity,
  svg: Infinity,
};

/** Keys in these areas come after one of a group: `css.properties.grid`, `javascript.builtins.Array`. */
const GROUPED = new Set(['css', 'html', 'http', 'javascript', 'svg']);

/** Every feature of the areas, parents before what they are made of. */
export function featureItems(data: CompatData, type: string, locale: string): ItemToImport[] {
  const items: ItemToImport[] = [];
  const taken = new Set<string>();
  const walk = (
    node: CompatNode,
    path: readonly string[],
    parent: string | undefined,
    levels: number,
  ): void => {
    let slug = parent;
    if (node.__compat !== undefined) {
      slug = freeSlug(path, taken);
      items.push({ type, slug, locale, title: titleOf(path), data: dataOf(path, node.__compat, parent) });
    }
    if (levels === 0) return;
    for (const [key, child] of Object.entries(node)) {
      if (key !== '__compat' && child !== undefined)
        walk(child as CompatNode, [...path, key], slug, levels - 1);
    }
  };
  for (const [area, levels] of Object.entries(AREAS))
    walk(data[area] as CompatNode, [area], undefined, levels);
  return items;
}

/** Paths differ by case (`Symbol`, `symbol`) and by signs that a slug has not. */
function freeSlug(path: readonly string[], taken: Set<string>): string {
  const plain = path.map((key) => slugOf(key) ?? 'x').join('.');
  let slug = plain;
  for (let count = 2; taken.has(slug); count += 1) slug = `${plain}-${count}`;
  taken.add(slug);
  return slug;
}

function titleOf(path: readonly string[]): string {
  const [area = '', ...keys] = path;
  const named = GROUPED.has(area) && keys.length > 1 ? keys.slice(1) : keys;
  return named.join('.');
}

function dataOf(path: readonly string[], compat: CompatStatement, parent: string | undefined): object {
  const { description, mdn_url: mdnUrl, spec_url: spec, status, tags, support } = compat;
  return {
    path: path.join('.'),
    area: path[0],
    description,
    mdnUrl,
    specUrls: spec === undefined ? [] : [spec].flat(),
    isDeprecated: status?.deprecated ?? false,
    isExperimental: status?.experimental ?? false,
    isStandard: status?.standard_track ?? false,
    tags: tags ?? [],
    parent,
    supportedBy: Object.keys(support)
      .filter((key) => isSupported(support[key]))
      .map(browserSlug),
    support,
  };
}

/** The first statement is about the newest version. */
function isSupported(statements: SupportStatement | SupportStatement[] | undefined): boolean {
  const [newest] = [statements ?? []].flat();
  if (newest === undefined || newest.version_added === false || newest.version_added === 'preview')
    return false;
  return newest.version_removed === undefined && newest.flags === undefined;
}
