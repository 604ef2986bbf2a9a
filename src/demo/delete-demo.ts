import type { App } from '../app.ts';
import type { TenantIdentifier } from '../tenancy/tenant.ts';
import type { DemoPlan } from './demo-plan.ts';
import { isDemo } from './register-demo.ts';

/**
 * Deletes a demo tenant, if it is there, and frees its identifier for the next one. A tenant of somebody else who has
 * the identifier is left alone.
 */
export async function deleteDemo({ platform }: App, { identifier }: DemoPlan): Promise<void> {
  const { control, deletions, lifecycle } = platform;
  const record = await control.tenants.findOne({ names: identifier as TenantIdentifier });
  if (record === null) return;
  // Nothing of a deleted tenant says whose it was; one that is left in quarantine here is of an earlier reset.
  if (isDemo(record)) {
    await deletions.request(record._id, { by: 'demo', isImmediate: true });
  } else if (record.status !== 'DELETED' || record.isSelfRegistered) return;
  await lifecycle.releaseIdentifier(identifier);
}
