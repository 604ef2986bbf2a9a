import { CodedError } from '../lib/coded-error.ts';
import type { ModelDefinition, Stored } from './model.ts';

/**
 * Which rows of a partitioned collection somebody may see and write: all of a tenant's, or those of one application
 * tenant; `null` stands for what belongs to none. Below the stores, so that no store can forget it.
 */
export type Rows = 'ALL' | { readonly applicationTenant: string | null };

/** A document of a partitioned collection: whose it is within its tenant. */
export interface Partitioned extends Stored {
  /** Id of an application tenant; null: the tenant's own. Set by the bound model alone where rows are confined. */
  applicationTenant: string | null;
}

/** Whose rows are made, and are meant where only one can be, by somebody with these. */
export function homeOf(rows: Rows): string | null {
  return rows === 'ALL' ? null : rows.applicationTenant;
}

/** The part of a filter that keeps a command to these rows; undefined where nothing has to be kept out. */
export function rowFilter(
  { isPartitioned }: Pick<ModelDefinition<never>, 'isPartitioned'>,
  rows: Rows,
): { applicationTenant: string | null } | undefined {
  return isPartitioned && rows !== 'ALL' ? { applicationTenant: rows.applicationTenant } : undefined;
}

/**
 * What a whole tenant shares is read by those confined to a part of it and never written.
 *
 * @throws {CodedError} FORBIDDEN
 */
export function requireWritable(
  { isPartitioned }: Pick<ModelDefinition<never>, 'isPartitioned'>,
  rows: Rows,
): void {
  if (!isPartitioned && rows !== 'ALL' && rows.applicationTenant !== null) {
    throw new CodedError('FORBIDDEN', 'This belongs to the whole tenant.');
  }
}
