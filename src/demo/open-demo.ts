import { setTimeout as sleep } from 'node:timers/promises';
import { Abort } from '../lib/abort.ts';
import type { App } from '../app.ts';
import { CLI_CLIENT_ID } from '../auth/access-token.ts';
import { TENANT_SCOPES } from '../auth/scopes.ts';
import { tenantOf } from '../control-plane/tenant-record.ts';
import { CodedError } from '../lib/coded-error.ts';
import { UserErrors } from '../lib/user-error.ts';
import { contentItemStore } from '../modules/content/content-item-store.ts';
import { CircuitOpenError } from '../mongo/circuit.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { Logger } from '../observability/logger.ts';
import { openScope, type Scope } from '../shell/scope.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { DemoPlan } from './demo-plan.ts';
import { DEMO_PLANS } from './demo-plans.ts';
import { registerDemo } from './register-demo.ts';
import { isSeeded, seed } from './seed.ts';
import { seedProgress } from './seed-progress.ts';

/** A demo tenant that is there. */
export interface DemoTenant {
  tenant: Tenant;
  /** Its living items. */
  itemCount: number;
}

/** Two gateways that start at once seed at once; the slower one looks again so often, after so many milliseconds. */
const MAX_ATTEMPTS = 50;
const AGAIN_MS = 500;

/**
 * Finds the demo tenants, or registers and fills them. One that is not to be had does not keep the gateway from
 * starting; it is told and left out.
 *
 * @param ending - stops the work; the next start carries on.
 */
export async function openDemo(
  app: App,
  log: Logger,
  say: (line: string) => void,
  ending: AbortSignal = new AbortController().signal,
): Promise<DemoTenant[]> {
  const opened: DemoTenant[] = [];
  for (const plan of DEMO_PLANS) {
    try {
      opened.push(...(await openDemoTenant({ app, log, say, ending }, plan)));
    } catch (err) {
      ending.throwIfAborted();
      log.error({ err, identifier: plan.identifier }, 'demo tenant not ready');
      const reason = err instanceof Error ? err.message : String(err);
      say(`The demo tenant ${plan.identifier} is not ready: ${reason}`);
    }
  }
  return opened;
}

/** What the seeding of every tenant has in common. */
interface Seeding {
  app: App;
  log: Logger;
  say(line: string): void;
  ending: AbortSignal;
}

/** Nothing for a tenant an operator took out of service, or one without its content. */
async function openDemoTenant(seeding: Seeding, plan: DemoPlan): Promise<DemoTenant[]> {
  const record = await registerDemo(seeding.app, plan);
  if (record.status !== 'ACTIVE' || plan.modules.some((id) => !record.modules.includes(id))) return [];
  const tenant = await configured(seeding.app, tenantOf(record), plan);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return [{ tenant, itemCount: await seedOnce(seeding, tenant, plan) }];
    } catch (error) {
      if (!isPassing(error) || attempt === MAX_ATTEMPTS) throw error;
      await sleep(AGAIN_MS, undefined, { signal: seeding.ending });
    }
  }
}

/** A tenant whose making was interrupted here has no settings of its own yet. */
async function configured(app: App, tenant: Tenant, { settings }: DemoPlan): Promise<Tenant> {
  if (tenant.settingsRevision > 0) return tenant;
  return (await app.bindRegistration(tenant).changeSettings(settings, undefined)) ?? tenant;
}

/** Answers how many items there are. */
async function seedOnce(seeding: Seeding, tenant: Tenant, plan: DemoPlan): Promise<number> {
  const abort = new Abort();
  const stop = () => abort.abort(seeding.ending.reason);
  const scope = await openSeedingScope(seeding, tenant, abort);
  seeding.ending.addEventListener('abort', stop);
  try {
    seeding.ending.throwIfAborted();
    if (!(await isSeeded(scope, plan))) {
      const progress = seedProgress(`Demo content of ${plan.identifier}`, seeding.say);
      try {
        await seed(scope, plan, progress.update);
      } finally {
        progress.stop();
      }
    }
    const page = await contentItemStore(scope).page(
      { status: null, filter: {} },
      { path: 'createdAt', direction: 'ASC' },
      { first: 1 },
    );
    return await page.totalCount();
  } finally {
    seeding.ending.removeEventListener('abort', stop);
    scope.release();
  }
}

function openSeedingScope({ app, log }: Seeding, tenant: Tenant, abort: Abort): Promise<Scope> {
  return openScope(app.shells.lease(tenant), {
    tenant,
    principal: {
      kind: 'client',
      subject: CLI_CLIENT_ID,
      clientId: CLI_CLIENT_ID,
      scopes: new Set(TENANT_SCOPES),
      applicationTenant: null,
      issuedAtMs: Date.now(),
    },
    rows: 'ALL',
    abort,
    log,
    registration: app.bindRegistration,
    platform: app.platformOfTenants,
  });
}

/** Another gateway is faster, or this one is so busy that it was out of touch with its database for a moment. */
function isPassing(error: unknown): boolean {
  const isTaken = error instanceof UserErrors && error.errors[0]?.code === 'TAKEN';
  const isOutOfTouch = error instanceof CodedError && error.code === 'TENANT_UNAVAILABLE';
  return isTaken || isOutOfTouch || isDuplicateKey(error) || error instanceof CircuitOpenError;
}
