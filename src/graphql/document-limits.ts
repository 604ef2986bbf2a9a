import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { DEPTH_LIMIT, FIELD_LIMIT, MERGE_LIMIT, REPEAT_LIMIT, ROOT_FIELD_LIMIT } from './limits.ts';

interface Size {
  depth: number;
  fields: number;
  /** How often one response name can stand in the selection after its fragments are put in: an upper bound. */
  repeats: number;
  /** Fields of the selection itself after its fragments are put in. */
  width: number;
}

const EMPTY: Size = { depth: 0, fields: 0, repeats: 0, width: 0 };

/**
 * Measures a document before it is validated, because validation itself can be the attack: one rule is quadratic in
 * repeated fields, others follow every fragment spread (parse-server CVE-2026-34573, graphql-php CVE-2026-40476).
 * Each fragment is measured once, so the cost is linear in the document.
 *
 * @returns the error, or undefined for a document of a tolerable size.
 */
export function documentLimitError(document: DocumentNode): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const measured = new Map<string, Size>();
  let isRepetitive = false;

  const sizeOf = (selectionSet: SelectionSetNode): Size => {
    const size: Size = { ...EMPTY };
    const seen = new Map<string, number>();
    let merged = 0;
    for (const selection of selectionSet.selections) {
      const part = measure(selection);
      size.depth = Math.max(size.depth, part.depth);
      size.fields = Math.min(size.fields + part.fields, Number.MAX_SAFE_INTEGER);
      size.width = Math.min(size.width + part.width, Number.MAX_SAFE_INTEGER);
      // A field's own selections are merged with those of its namesakes only, which are counted below.
      if (selection.kind !== Kind.FIELD) merged = Math.min(merged + part.repeats, Number.MAX_SAFE_INTEGER);
      const key =
        selection.kind === Kind.INLINE_FRAGMENT
          ? '...'
          : (('alias' in selection ? selection.alias : undefined) ?? selection.name).value;
      const repeats = (seen.get(key) ?? 0) + 1;
      seen.set(key, repeats);
      if (selection.kind === Kind.FIELD) size.repeats = Math.max(size.repeats, repeats);
      if (repeats > REPEAT_LIMIT) isRepetitive = true;
    }
    size.repeats += merged;
    if (size.repeats > MERGE_LIMIT) isRepetitive = true;
    return size;
  };

  const measure = (selection: SelectionSetNode['selections'][number]): Size => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return fragmentSize(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return sizeOf(selection.selectionSet);
    const inner = selection.selectionSet === undefined ? EMPTY : sizeOf(selection.selectionSet);
    // Introspection is deep by nature; graphql-js limits it by a rule of its own.
    const isIntrospection = selection.name.value === '__schema' || selection.name.value === '__type';
    return { depth: isIntrospection ? 1 : inner.depth + 1, fields: inner.fields + 1, repeats: 1, width: 1 };
  };

  const fragmentSize = (name: string): Size => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    // Stands in while the fragment is measured: a cycle ends here and is refused by validation.
    measured.set(name, EMPTY);
    const fragment = fragments.get(name);
    const size = fragment === undefined ? EMPTY : sizeOf(fragment.selectionSet);
    measured.set(name, size);
    return size;
  };

  for (const name of fragments.keys()) fragmentSize(name);
  const sizes = operations.map(({ selectionSet }) => sizeOf(selectionSet));
  if (isRepetitive) return limitError('One selection is repeated too often.', REPEAT_LIMIT);
  if (sizes.some(({ width }) => width > ROOT_FIELD_LIMIT)) {
    return limitError('The operation has too many root fields.', ROOT_FIELD_LIMIT);
  }
  if (sizes.some(({ depth }) => depth > DEPTH_LIMIT))
    return limitError('The document is too deep.', DEPTH_LIMIT);
  const fields = sizes.reduce((sum, size) => sum + size.fields, 0);
  return fields > FIELD_LIMIT ? limitError('The document has too many fields.', FIELD_LIMIT) : undefined;
}

export function limitError(message: string, limit: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'LIMIT_EXCEEDED', limit } });
}
