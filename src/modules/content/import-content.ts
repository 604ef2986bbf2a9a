import type { Scope } from '../../shell/scope.ts';
import { contentItemStore } from './content-item-store.ts';
import { createContentType } from './content-type-service.ts';
import { contentTypeStore } from './content-type-store.ts';
import {
  type ContentToImport,
  IMPORT_BATCH,
  planImport,
  type TypeToImport,
  withPath,
} from './import-plan.ts';

export interface ImportResult {
  types: { created: number; skipped: number };
  items: { created: number; skipped: number };
}

/**
 * Imports content in few commands, for seeds and for what comes from elsewhere. What is there already (a type of that
 * name, a living item of that type, locale and slug) is left as it is, so an import that was cut short is run again.
 * Scopes are not asked for: whoever opened the scope decides who may import.
 *
 * @param onProgress - told after each batch how many of the items are done.
 * @throws {UserErrors} with paths like `items 17 data capital`; no item is inserted then.
 */
export async function importContent(
  scope: Scope,
  { types, items }: ContentToImport,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ImportResult> {
  const created = await importTypes(scope, types);
  const planned = await planImport(scope, items);
  const skipped = items.length - planned.length;
  onProgress(skipped, items.length);
  for (let from = 0; from < planned.length; from += IMPORT_BATCH) {
    const batch = planned.slice(from, from + IMPORT_BATCH);
    await contentItemStore(scope).insertMany(batch);
    onProgress(skipped + from + batch.length, items.length);
  }
  return { types: { created, skipped: types.length - created }, items: { created: planned.length, skipped } };
}

async function importTypes(scope: Scope, types: readonly TypeToImport[]): Promise<number> {
  const store = contentTypeStore(scope);
  const known = await Promise.all(types.map(({ name }) => store.byName(name)));
  let created = 0;
  for (const [index, type] of types.entries()) {
    if (known[index] !== null) continue;
    await withPath(['types', String(index)], () => createContentType(scope, type));
    created += 1;
  }
  return created;
}
