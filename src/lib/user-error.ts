/** What a person can correct; printed as the GraphQL enum `UserErrorCode`. */
export const USER_ERROR_CODES = [
  'INVALID',
  'REQUIRED',
  'TAKEN',
  'CONFLICT',
  'IN_USE',
  'TOO_LONG',
  'LIMIT',
  'IDENTIFIER_TAKEN',
  'IDENTIFIER_INVALID',
  'IDENTIFIER_RESERVED',
] as const;

export type UserErrorCode = (typeof USER_ERROR_CODES)[number];

/** One correctable fault of an input; `path` leads from the input's root to the value. */
export interface UserError {
  code: UserErrorCode;
  message: string;
  path: string[];
}

/** Thrown by services; a mutation answers it as `userErrors` and changes nothing. */
export class UserErrors extends Error {
  readonly errors: readonly UserError[];

  constructor(errors: readonly UserError[]) {
    super(errors.map((error) => error.message).join(' '));
    this.name = 'UserErrors';
    this.errors = errors;
  }
}

/** The common case: one fault at one place. */
export function userError(code: UserErrorCode, message: string, ...path: string[]): UserErrors {
  return new UserErrors([{ code, message, path }]);
}
