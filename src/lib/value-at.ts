/** What stands at a dotted path inside nested objects; undefined where the path ends early. */
export function valueAt(object: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], object);
}
