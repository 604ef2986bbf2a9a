import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';
import { CodedError } from '../lib/coded-error.ts';
import { clientModel } from '../modules/clients/client.ts';
import type { TenantId } from '../tenancy/tenant.ts';
import { administratorOf } from './administrator.ts';
import { type BootstrapClient, newBootstrapClient } from './bootstrap-client.ts';
import type { ControlDatabase } from './control-database.ts';
import { LEASE_MS, type Provisioning } from './provisioning.ts';
import type { SecretKeyring } from './secret-keyring.ts';
import type { UseTenantDatabase } from './tenant-database.ts';
import type { TenantRecord } from './tenant-record.ts';

/** How long a replay waits for the process that works on the registration, and between looks, in milliseconds. */
const WAIT_MS = 5_000;
const LOOK_MS = 50;

export interface RegistrationTakeoverOptions {
  control: ControlDatabase;
  provisioning: Provisioning;
  useDatabase: UseTenantDatabase;
  secretKey: SecretKeyring;
  /** The clock nodes agree on. */
  now: Clock;
}

/** Carries on registrations another process began, of which it may have been the only one to know the credentials. */
export function createRegistrationTakeover(options: RegistrationTakeoverOptions) {
  const { control, provisioning, useDatabase, secretKey, now } = options;

  /** Makes a client the administrator's one; the one before is gone. Of replays at once the last one counts. */
  function replaceBootstrap(record: TenantRecord, bootstrap: BootstrapClient): Promise<TenantRecord> {
    return useDatabase(record._id as TenantId, record.placement, async (database) => {
      // There before it is written down: whoever replaces it next must find something to delete.
      await bootstrap.ensure(database);
      for (let current: TenantRecord | null = record; current !== null;) {
        const old: string | null = current.provisioning.bootstrapClient;
        const replaced = await control.tenants.findOneAndUpdate(
          { _id: record._id, status: 'ACTIVE', 'provisioning.bootstrapClient': old },
          { $set: { 'provisioning.bootstrapClient': bootstrap.id } },
        );
        if (replaced !== null) {
          if (old !== null) await database.model(clientModel).findOneAndDelete({ _id: old });
          return replaced;
        }
        current = await control.tenants.findOne({ _id: record._id, status: 'ACTIVE' });
      }
      throw stillWorkedOn();
    });
  }

  /** Waits for whoever works on a registration; finishes it when its lease has run out. */
  async function takeUp(earlier: TenantRecord): Promise<TenantRecord> {
    for (const until = Date.now() + WAIT_MS; Date.now() < until; await sleep(LOOK_MS)) {
      const record = await control.tenants.findOne({ _id: earlier._id });
      if (record === null) break;
      if (record.status !== 'PROVISIONING') return record;
      const leased = await leaseExpired(record);
      if (leased !== null) return resume(leased);
    }
    throw stillWorkedOn();
  }

  /** Takes over a registration whose process is gone; null while its lease holds. */
  function leaseExpired(record: TenantRecord): Promise<TenantRecord | null> {
    const at = now();
    return control.tenants.findOneAndUpdate(
      { _id: record._id, status: 'PROVISIONING', 'provisioning.leasedUntil': { $lt: new Date(at) } },
      {
        $set: { 'provisioning.leasedUntil': new Date(at + LEASE_MS) },
        $inc: { 'provisioning.attempts': 1 },
      },
    );
  }

  /** The secret of the client the dead process may have made is known to nobody: another client takes its place. */
  async function resume(record: TenantRecord): Promise<TenantRecord> {
    const { _id, placement } = record;
    const bootstrap = newBootstrapClient(await secretKey(_id), new Date(now()));
    const lost = record.provisioning.bootstrapClient;
    if (lost !== null) {
      await useDatabase(_id as TenantId, placement, (database) =>
        database.model(clientModel).findOneAndDelete({ _id: lost }),
      );
    }
    // Written down before it is made, so that whoever has to carry on from here finds the one to delete.
    const adopted = await control.tenants.findOneAndUpdate(
      { _id, status: 'PROVISIONING', 'provisioning.bootstrapClient': lost },
      { $set: { 'provisioning.bootstrapClient': bootstrap.id } },
    );
    if (adopted === null) throw stillWorkedOn();
    // Of this link nobody hears; a replay makes another one, and so does whoever has forgotten the password.
    return provisioning.finish(adopted, bootstrap, administratorOf(adopted));
  }

  return { replaceBootstrap, takeUp, leaseExpired, resume };
}

export type RegistrationTakeover = ReturnType<typeof createRegistrationTakeover>;

export function stillWorkedOn(): CodedError {
  return new CodedError(
    'TENANT_UNAVAILABLE',
    'This registration is still being worked on; try again shortly.',
    {
      retryAfterMs: WAIT_MS,
    },
  );
}
