import { isUuid } from '../../lib/uuid.ts';
import type { Scope } from '../../shell/scope.ts';
import { valuesByPath } from '../../tenancy/option.ts';
import type { Place } from '../module.ts';
import { applicationTenantStore } from './store.ts';

/** An application tenant that is in service, by identifier or id: no identifier looks like an id. */
export async function findPlace(scope: Scope, text: string): Promise<Place | undefined> {
  const store = applicationTenantStore(scope);
  const found = await (isUuid(text) ? store.byId(text) : store.byIdentifier(text));
  if (found?.status !== 'ACTIVE') return undefined;
  const { _id: id, name, application, settings } = found;
  return { id, name, application, options: valuesByPath(settings) };
}
