/** What one item may hold at most. A type may ask for less. */

/** Characters of a text. */
export const MAX_LENGTH = { TEXT: 10_000, RICH_TEXT: 200_000 } as const;

/** Bytes of an item's data as JSON; far below the 16 MB a MongoDB document may have, so that a page of items fits. */
export const DATA_BYTES_LIMIT = 256 * 1024;

/** Bytes of a type's fields as JSON, so that a page of types fits too. */
export const FIELDS_BYTES_LIMIT = 64 * 1024;

/** Members of a list. References are fewer: each of them can become an item of the answer. */
export const LIST_LIMIT = { values: 1_000, references: 100 } as const;

/** Items that one operation reads, by lists and along references. */
export const READ_LIMIT = 2_500;

/** Characters of data that one operation answers: more than a page of the largest items. */
export const ANSWER_LENGTH_LIMIT = 32 * 1024 * 1024;

/** Faults told at once. */
export const FAULT_LIMIT = 100;

/** Characters of a text that is compared with. */
export const CONDITION_LENGTH_LIMIT = 1_000;

/** Values of an `in`, and conditions of a filter. */
export const CONDITION_LIMIT = { values: 100, fields: 20 } as const;
