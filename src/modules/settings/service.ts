import { parseInput } from '../../graphql/user-errors.ts';
import { userError } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { SETTING_PATHS, settingsByPath, type SettingPath } from '../../tenancy/settings.ts';
import type { Tenant } from '../../tenancy/tenant.ts';
import { SettingsInput } from './settings-input.ts';

/**
 * Sets the values an input gives.
 *
 * @throws {UserErrors} one for each value that does not fit, or CONFLICT; nothing is changed then.
 */
export async function updateSettings(scope: Scope, input: object): Promise<Tenant> {
  const { expectedRevision, ...values } = parseInput(SettingsInput, input);
  const changes = new Map(Object.entries(settingsByPath(values)) as [SettingPath, unknown][]);
  return change(scope, changes, expectedRevision);
}

/** Forgets the tenant's own value at a path. */
export async function resetSetting(
  scope: Scope,
  { path, expectedRevision }: { path: string; expectedRevision?: number | null | undefined },
): Promise<Tenant> {
  const known = SETTING_PATHS.find((candidate) => candidate === path);
  if (known === undefined) throw userError('INVALID', 'There is no such setting.', 'path');
  return change(scope, new Map([[known, undefined]]), expectedRevision ?? undefined);
}

async function change(
  scope: Scope,
  changes: ReadonlyMap<SettingPath, unknown>,
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
