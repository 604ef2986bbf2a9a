import { homeOf } from '../../mongo/rows.ts';
import { DocumentMemory } from '../../shell/document-memory.ts';
import type { OptionsFollower, Scope } from '../../shell/scope.ts';
import { perShell } from '../../shell/shell.ts';
import { type OptionValues, valuesByPath } from '../../tenancy/option.ts';
import { applicationTenantStore, watchedApplicationTenants } from './store.ts';

/** What every request of those confined to an application tenant asks for. */
interface Standing {
  isActive: boolean;
  options: OptionValues;
}

/** Id of this module, without which nobody confined is served. */
const MODULE_ID = 'application-tenants';

const standings = perShell(
  (shell) => new DocumentMemory<Standing>((listener) => shell.watch(watchedApplicationTenants, listener)),
);

async function standingOf(scope: Scope): Promise<Standing | undefined> {
  const id = homeOf(scope.rows);
  if (id === null || !scope.tenant.modules.includes(MODULE_ID)) return undefined;
  return standings(scope.shell).of(id, async () => {
    const found = await applicationTenantStore(scope).byId(id);
    if (found === null) return undefined;
    return { isActive: found.status === 'ACTIVE', options: valuesByPath(found.settings) };
  });
}

/** False when the application tenant a caller is confined to is gone or suspended; elsewhere at most a second ago. */
export async function isCallerLive(scope: Scope): Promise<boolean> {
  if (homeOf(scope.rows) === null) return true;
  return (await standingOf(scope))?.isActive === true;
}

/** What the application tenant of a caller has set for itself. */
export async function callerOptions(scope: Scope): Promise<OptionValues | undefined> {
  return (await standingOf(scope))?.options;
}

/** Tells when the application tenant of a caller sets something else for itself. */
export async function followCallerOptions(
  scope: Scope,
  { onChange, onGap }: OptionsFollower,
): Promise<() => void> {
  const home = homeOf(scope.rows);
  if (home === null) return () => undefined;
  const before = JSON.stringify(await callerOptions(scope));
  let known = before;
  const tell = (settings: Record<string, unknown>) => {
    const options = JSON.stringify(valuesByPath(settings));
    // It may have been renamed or suspended.
    if (options === known) return;
    known = options;
    onChange();
  };
  const stop = await scope.shell.follow(watchedApplicationTenants, {
    onChange({ id, kind, now }) {
      if (id === home && kind !== 'delete') tell((now['settings'] ?? {}) as Record<string, unknown>);
    },
    onGap,
    // Its stream has more to hear than this.
    onEnd: onGap,
  });
  try {
    // What changed before it was followed nobody tells.
    const found = await applicationTenantStore(scope).current(home);
    if (found !== null && known === before) tell(found.settings);
    return stop;
  } catch (error) {
    stop();
    throw error;
  }
}

/** On this node a change counts at once. */
export function forgetStanding({ shell }: Scope, id: string): void {
  standings(shell).forget(id);
}
