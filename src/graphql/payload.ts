import type { ObjectRef } from '@pothos/core';
import type { builder } from './builder.ts';
import { type Outcome, UserErrorObject } from './user-errors.ts';

type Types = typeof builder.$inferSchemaTypes;

/** What the fields of a payload are made of, whose mutation results in `R`. */
export type PayloadFields<R extends object> = PothosSchemaTypes.ObjectFieldBuilder<Types, Outcome<R>>;

/** Payload of a mutation that makes or changes a noun: the noun, or why there is none. */
export function nounPayload<N extends string, T extends object>(noun: N, type: ObjectRef<Types, T>) {
  return {
    outputFields: (t: PayloadFields<Record<N, T>>) => ({
      // What Pothos lets a resolver return depends on the type of a noun that only the caller knows.
      [noun]: t.field({ type, nullable: true, resolve: (outcome) => (outcome[noun] ?? null) as never }),
      userErrors: userErrorsField(t),
    }),
  };
}

/** Payload of a mutation that deletes something: its global id, or why it is still there. */
export const deletedPayload = {
  outputFields: (t: PayloadFields<{ deletedId: string }>) => ({
    deletedId: t.id({ nullable: true, resolve: ({ deletedId }) => deletedId ?? null }),
    userErrors: userErrorsField(t),
  }),
};

/** What every payload ends with. */
export function userErrorsField<R extends object>(t: PayloadFields<R>) {
  return t.field({ type: [UserErrorObject], resolve: ({ userErrors }) => userErrors });
}
