/**
 * The filter for texts that start with a prefix. A range rather than a pattern: nothing in a caller's text has a
 * meaning to the database. Case counts.
 */
export function startsWith(prefix: string): { $gte: string; $lt: string } {
  // The last code point there is: BSON compares strings by their UTF-8 bytes.
  return { $gte: prefix, $lt: `${prefix}\u{10ffff}` };
}
