import { z } from 'zod';
import { userError } from '../lib/user-error.ts';
import { sha256 } from '../lib/sha256.ts';
import { uuidv7, uuidv8Of } from '../lib/uuid.ts';
import { homeOf } from '../mongo/rows.ts';
import type { Scope } from '../shell/scope.ts';

/** Characters of base64url that hold 128 bits: fewer could be guessed, and then a stranger's replay would answer. */
const MIN_LENGTH = 22;

/** What every `idempotencyKey` of an input must be. */
export const idempotencyKey = z
  .string()
  .max(200, { error: 'must have at most 200 characters' })
  .refine((key) => key.length >= MIN_LENGTH, { error: `must have at least ${MIN_LENGTH} characters` })
  .refine((key) => /^[\x21-\x7e]*$/.test(key), { error: 'must be printable ASCII without spaces' })
  .nullish()
  .transform((key) => key ?? undefined);

/** Text for the schema, so that every create says the same. */
export const IDEMPOTENCY_KEY_DESCRIPTION =
  'At least 128 random bits (22 characters). The same key with the same input answers what it made the first time; ' +
  'with another input, CONFLICT.';

/** What a new document is stored under, so that a replay finds it. */
export interface Creation {
  id: string;
  /** SHA-256 of the input a key is bound to; absent without a key. */
  inputHash?: string;
}

/**
 * The identity of what a create makes. With a key the primary key is derived from it, so the `_id` index every
 * collection has anyway is what makes the create idempotent: no other index, and no second write that could be missing.
 *
 * A key used again after its document was deleted makes the document anew, under the same id.
 *
 * @param kind - keeps the keys of one create apart from those of another.
 * @param input - the input as parsed, so that spellings that mean the same are the same.
 */
export function creationOf(scope: Scope, kind: string, key: string | undefined, input: object): Creation {
  if (key === undefined) return { id: uuidv7() };
  return {
    id: uuidv8Of(JSON.stringify([scope.tenant.id, homeOf(scope.rows), kind, key])),
    inputHash: sha256(JSON.stringify(input)),
  };
}

/** True when a key was used before for this very input. */
export function isReplay({ inputHash }: Creation, existing: { inputHash?: string | undefined }): boolean {
  return inputHash !== undefined && inputHash === existing.inputHash;
}

export function keyOfAnotherInput() {
  return userError('CONFLICT', 'This key was used with another input.', 'idempotencyKey');
}
