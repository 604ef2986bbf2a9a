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

/** The path that says whose a document is: `_id` of the application tenants themselves. */
export type Partition = 'applicationTenant' | '_id';

/** The part of a filter that keeps a command to these rows; undefined where nothing has to be kept out. */
export function rowFilter(
  { partition }: Pick<ModelDefinition<never>, 'partition'>,
  rows: Rows,
): Record<string, string | null> | undefined {
  if (partition === undefined || rows === 'ALL') return undefined;
  const { applicationTenant } = rows;
  // Nobody in particular may be on the way to any of them: whoever signs in names one.
  if (partition === '_id' && applicationTenant === null) return undefined;
  return { [partition]: applicationTenant };
}

/**
 * What a whole tenant shares is read by those confined to a part of it and never written.
 *
 * @throws {CodedError} FORBIDDEN
 */
export function requireWritable({ partition }: Pick<ModelDefinition<never>, 'partition'>, rows: Rows): void {
  if (partition !== 'applicationTenant' && rows !== 'ALL' && rows.applicationTenant !== null) {
    throw new CodedError('FORBIDDEN', 'This belongs to the whole tenant.');
  }
}
