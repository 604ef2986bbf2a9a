import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { DEFAULT_CLUSTER } from '../control-plane/cluster-record.ts';
import type { TenantRecord } from '../control-plane/tenant-record.ts';
import { UserErrors } from '../lib/user-error.ts';
import type { TenantIdentifier } from '../tenancy/tenant.ts';
import type { DemoPlan } from './demo-plan.ts';

/**
 * Tells a demo tenant from one of somebody who happened to like the identifier: nobody can have a mailbox below
 * `.invalid` (RFC 2606), and who registers in public is marked as such.
 */
const ADMINISTRATOR = 'administrator@demo.invalid';

/** How long another process may work on the registration, and between looks at it, in milliseconds. */
const WAIT_MS = 20_000;
const LOOK_MS = 100;

/**
 * The record of a demo tenant, registered when it is not there. A registration that was interrupted is carried on.
 *
 * @throws {Error} when the identifier is somebody else's or the registration does not come to an end.
 */
export async function registerDemo(app: App, plan: DemoPlan): Promise<TenantRecord> {
  const { control, takeover } = app.platform;
  for (const until = Date.now() + WAIT_MS; Date.now() < until; await sleep(LOOK_MS)) {
    const found = await control.tenants.findOne({ names: plan.identifier as TenantIdentifier });
    if (found === null) {
      const registered = await register(app, plan);
      if (registered !== undefined) return registered;
      continue;
    }
    if (!isDemo(found)) throw new Error(`the identifier ${plan.identifier} is in use by another tenant`);
    if (found.status !== 'PROVISIONING') return found;
    const leased = await takeover.leaseExpired(found);
    if (leased !== null) return takeover.resume(leased);
  }
  throw new Error(`the registration of ${plan.identifier} is still being worked on`);
}

/** Undefined when another process was quicker. */
async function register(
  app: App,
  { identifier, name, modules }: DemoPlan,
): Promise<TenantRecord | undefined> {
  try {
    const { record } = await app.platform.registration.register(
      { identifier, name, modules, administrator: { email: ADMINISTRATOR } },
      // Where it is expected again, whatever clusters were added to try them.
      { isSelfRegistered: false, placement: { mode: 'DATABASE', cluster: DEFAULT_CLUSTER } },
    );
    return record;
  } catch (error) {
    if (error instanceof UserErrors && error.errors[0]?.code === 'IDENTIFIER_TAKEN') return undefined;
    throw error;
  }
}

export function isDemo({ isSelfRegistered, administratorEmail }: TenantRecord): boolean {
  return !isSelfRegistered && administratorEmail === ADMINISTRATOR;
}
