/**
 * Every `extensions.code` a caller can meet, with the HTTP status that applies when the response carries no
 * `data`. This table is printed to `schema/errors.md`; renaming a key breaks SDKs.
 */
export const ERROR_CODES = {
  TENANT_REQUIRED: { httpStatus: 400, when: 'neither host, URL prefix nor token names a tenant' },
  TENANT_NOT_FOUND: { httpStatus: 404, when: 'the tenant is unknown, suspended, deleted or being made' },
  TENANT_MISMATCH: {
    httpStatus: 403,
    when: 'the token is valid for one tenant and the host or URL prefix names something else',
  },
  TENANT_SUSPENDED: { httpStatus: 403, when: 'the caller holds a valid token of a suspended tenant' },
  TENANT_UNAVAILABLE: {
    httpStatus: 503,
    when: 'the tenant is migrating or moving, or its database cannot be reached',
  },
  UNAUTHENTICATED: { httpStatus: 401, when: 'a token is missing where one is needed, or is not valid' },
  FORBIDDEN: { httpStatus: 200, when: 'a rule says no; the message names the missing scope' },
  NOT_FOUND: { httpStatus: 200, when: 'nothing of that id exists for this caller' },
  MODULE_DISABLED: {
    httpStatus: 400,
    when: 'the document asks for a field of a module this tenant has switched off',
  },
  GRAPHQL_PARSE_FAILED: { httpStatus: 400, when: 'the document is not GraphQL' },
  GRAPHQL_VALIDATION_FAILED: { httpStatus: 400, when: 'the document does not fit the schema' },
  BAD_USER_INPUT: { httpStatus: 400, when: 'a variable or an argument has the wrong type or form' },
  LIMIT_EXCEEDED: {
    httpStatus: 400,
    when: 'the document is too long, deep, broad or costly, or a page too large (`extensions.limit`)',
  },
  RATE_LIMITED: { httpStatus: 429, when: 'too many requests from this tenant, client or address' },
  CAPACITY_EXHAUSTED: { httpStatus: 503, when: 'no cluster can take another tenant' },
  DEADLINE_EXCEEDED: { httpStatus: 504, when: 'the deadline of the request passed' },
  INTERNAL: { httpStatus: 500, when: 'a fault of the gateway; its cause is in the operator log only' },
} as const satisfies Record<string, { httpStatus: number; when: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
