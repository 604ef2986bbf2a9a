/** What a document may ask for at most; more is `LIMIT_EXCEEDED` before anything expensive happens. */

/** Lexer tokens of a document. */
export const TOKEN_LIMIT = 10_000;

/** Brackets of any kind inside each other: selections, their arguments, and the JSON written into those. */
export const NESTING_LIMIT = 100;

/** Levels of selection. */
export const DEPTH_LIMIT = 15;

/** Fields after all fragments are put in. */
export const FIELD_LIMIT = 1_000;

/** How often one response name may stand in one selection. */
export const REPEAT_LIMIT = 20;

/** The same after all fragments are put in: every two of them are compared by validation. */
export const MERGE_LIMIT = 100;

/** Root fields, aliases of one field included. */
export const ROOT_FIELD_LIMIT = 50;

/** Fields times the sizes of the lists they stand in. */
export const COMPLEXITY_LIMIT = 20_000;

/** Items of a page. */
export const PAGE_SIZE = { default: 20, max: 100 } as const;
