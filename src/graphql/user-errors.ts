import type { z } from 'zod';
import { USER_ERROR_CODES, type UserError, type UserErrorCode, UserErrors } from '../lib/user-error.ts';
import { builder } from './builder.ts';

export const UserErrorCodeEnum = builder.enumType('UserErrorCode', {
  description: 'What a person can correct.',
  values: USER_ERROR_CODES,
});

/** One correctable fault of a mutation's input. */
export const UserErrorObject = builder.objectRef<UserError>('UserError').implement({
  fields: (t) => ({
    code: t.expose('code', { type: UserErrorCodeEnum }),
    message: t.exposeString('message', { description: 'For people; may change.' }),
    path: t.exposeStringList('path', {
      nullable: true,
      description: 'From the input to the value at fault.',
    }),
  }),
});

/** What a mutation answers: its result, or why there is none. */
export type Outcome<R extends object> = Partial<R> & { userErrors: readonly UserError[] };

/** Runs a mutation; correctable faults become `userErrors`, everything else stays a top-level error. */
export async function withUserErrors<R extends object>(run: () => Promise<R>): Promise<Outcome<R>> {
  try {
    return { ...(await run()), userErrors: [] };
  } catch (error) {
    if (error instanceof UserErrors) return { userErrors: error.errors } as unknown as Outcome<R>;
    throw error;
  }
}

/**
 * Checks an input.
 *
 * @throws {UserErrors} one for each fault, with its path.
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new UserErrors(
    parsed.error.issues.map((issue) => ({
      code: codeOf(issue),
      message: issue.message,
      path: issue.path.map(String),
    })),
  );
}

function codeOf(issue: z.core.$ZodIssue): UserErrorCode {
  if (issue.code === 'too_big' && issue.origin === 'array') return 'LIMIT';
  if (issue.code === 'too_big' && issue.origin === 'string') return 'TOO_LONG';
  if (issue.code === 'too_small' && issue.origin === 'string') return 'REQUIRED';
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'REQUIRED';
  return 'INVALID';
}
