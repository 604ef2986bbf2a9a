/** The values that have these keys, in the order of the keys and null where there is none: what a DataLoader answers. */
export function inOrderOf<V>(
  keys: readonly string[],
  values: readonly V[],
  keyOf: (value: V) => string,
): (V | null)[] {
  const byKey = new Map(values.map((value) => [keyOf(value), value]));
  return keys.map((key) => byKey.get(key) ?? null);
}
