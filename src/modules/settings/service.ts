import { parseInput } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { declaredOptions, valuesByPath } from '../../tenancy/option.ts';
import type { Tenant } from '../../tenancy/tenant.ts';
import { settingsInput } from './settings-input.ts';

/**
 * Sets the values an input gives.
 *
 * @throws {UserErrors} one for each value that does not fit, or CONFLICT; nothing is changed then.
 */
export async function updateSettings(scope: Scope, input: object): Promise<Tenant> {
  const { expectedRevision, ...values } = parseInput(settingsInput(), input);
  return change(scope, new Map(Object.entries(valuesByPath(values))), expectedRevision);
}

/** Forgets the tenant's own value at a path. */
export async function resetSetting(
  scope: Scope,
  { path, expectedRevision }: { path: string; expectedRevision?: number | null | undefined },
): Promise<Tenant> {
  const isKnown = declaredOptions().some((option) => option.path === path);
  if (!isKnown) throw userError('INVALID', 'There is no such setting.', 'path');
  return change(scope, new Map([[path, undefined]]), expectedRevision ?? undefined);
}

async function change(
  scope: Scope,
  changes: ReadonlyMap<string, unknown>,
  expectedRevision: number | undefined,
): Promise<Tenant> {
  const tenant = await scope.registration.changeSettings(changes, expectedRevision);
  if (tenant === undefined) {
    throw userError(
      'CONFLICT',
      'Somebody else changed the settings meanwhile; read them again.',
      'expectedRevision',
    );
  }
  return tenant;
}
