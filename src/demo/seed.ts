import { createClient } from '../modules/clients/create-client.ts';
import { importContent } from '../modules/content/import-content.ts';
import type { TypeToImport } from '../modules/content/import-plan.ts';
import { updateContentType } from '../modules/content/content-type-service.ts';
import { contentTypeStore } from '../modules/content/content-type-store.ts';
import { createResource } from '../modules/resources/create-resource.ts';
import type { Scope } from '../shell/scope.ts';
import type { DemoPlan } from './demo-plan.ts';

/** Ends the description of the main type until everything is there. Kept with the data it speaks of. */
const UNDER_WAY = ' (The import is still under way.)';

/** Whether there is nothing left to do: one small read. What people change or delete afterwards stays as they left it. */
export async function isSeeded(scope: Scope, { mainType }: DemoPlan): Promise<boolean> {
  const type = await contentTypeStore(scope).byName(mainType);
  return type !== null && type.description?.endsWith(UNDER_WAY) !== true;
}

/** Fills a demo tenant, or carries on where an earlier process was interrupted. */
export async function seed(
  scope: Scope,
  plan: DemoPlan,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const { types, items } = await plan.load();
  // A key of this tenant makes a second attempt find what the first one made.
  const idempotencyKey = `demo-seed-${scope.tenant.id}`;
  if (plan.resource !== undefined) await createResource(scope, { ...plan.resource, idempotencyKey });
  if (plan.client !== undefined) await createClient(scope, { ...plan.client, idempotencyKey });
  await importContent(scope, { types: types.map((type) => marked(type, plan)), items }, onProgress);
  const main = await contentTypeStore(scope).byName(plan.mainType);
  const description = types.find(({ name }) => name === plan.mainType)?.description ?? null;
  if (main !== null) await updateContentType(scope, main._id, { description });
}

function marked(type: TypeToImport, { mainType }: DemoPlan): TypeToImport {
  return type.name === mainType ? { ...type, description: `${type.description ?? ''}${UNDER_WAY}` } : type;
}
