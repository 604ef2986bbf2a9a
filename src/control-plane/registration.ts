import { accessTokenLifetimeSeconds } from '../auth/access-token-lifetime.ts';
import { TENANT_SCOPES } from '../auth/scopes.ts';
import type { SecretBox } from '../config/secrets.ts';
import { parseInput } from '../graphql/user-errors.ts';
import type { Clock } from '../lib/clock.ts';
import { userError, type UserErrors } from '../lib/user-error.ts';
import type { Mail } from '../lib/mailer.ts';
import type { RunStep } from '../lib/run-step.ts';
import { meanwhile } from '../lib/meanwhile.ts';
import { sha256 } from '../lib/sha256.ts';
import { uuidv7 } from '../lib/uuid.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import { IDENTIFIER_RULES, identifierFault, isIdentifier } from '../tenancy/identifier.ts';
import { optionValue } from '../tenancy/option.ts';
import type { Placement, TenantId, TenantIdentifier } from '../tenancy/tenant.ts';
import { type Administrator, administratorOf, renewedAdministrator } from './administrator.ts';
import { type BootstrapClient, newBootstrapClient } from './bootstrap-client.ts';
import type { Clusters } from './clusters.ts';
import type { ControlDatabase } from './control-database.ts';
import type { Place } from './placement.ts';
import { LEASE_MS, type Provisioning, SIGN_UP_NAMESPACES } from './provisioning.ts';
import { type PlacementRequest, registrationInput } from './registration-input.ts';
import { type RegistrationTakeover, stillWorkedOn } from './registration-takeover.ts';
import type { UseTenantDatabase } from './tenant-database.ts';
import type { SecretKeyring } from './secret-keyring.ts';
import { firstKeys } from './tenant-keys.ts';
import { type TenantRecord, tenantOf } from './tenant-record.ts';
import type { TokenIssuer } from './token-issuer.ts';
import { orSayUnreached } from './unreached-place.ts';

/** How long a replay of an idempotency key is answered with fresh credentials, in milliseconds. */
const REPLAY_MS = 600_000;

export interface RegistrationOptions {
  control: ControlDatabase;
  clusters: Clusters;
  place: Place;
  provisioning: Provisioning;
  takeover: RegistrationTakeover;
  useDatabase: UseTenantDatabase;
  tokens: TokenIssuer;
  secretKey: SecretKeyring;
  box: SecretBox;
  publicUrl: string;
  /** The clock nodes agree on. */
  now: Clock;
  step: RunStep;
  /** In the background. */
  send(mail: Mail): void;
  /** Modules a tenant can have, and what each needs. */
  modules: readonly { id: string; dependsOn: readonly string[] }[];
}

/** Credentials of the administrator; shown once. */
export interface Bootstrap {
  accessToken: string;
  expiresAt: Date;
  clientId: string;
  clientSecret: string;
  /** Null without an administrator, or when that person has set a password by now. */
  setPasswordUrl: string | null;
}

export interface Registered {
  record: TenantRecord;
  /** Null when an idempotency key is replayed too late. */
  bootstrap: Bootstrap | null;
}

/** Who asks. */
export interface RegistrationOrigin {
  isSelfRegistered: boolean;
  placement: PlacementRequest;
}

/**
 * Registers tenants. Everything that must be unique is decided by unique indexes of the control database, so that any
 * number of nodes can register at once.
 */
export function createRegistration(options: RegistrationOptions) {
  const { control, clusters, place, provisioning, takeover, useDatabase, tokens, box, publicUrl } = options;
  const { step, modules, send, secretKey, now } = options;
  const Input = registrationInput(modules.map(({ id }) => id));
  const publicHost = new URL(publicUrl).hostname;

  /**
   * Registers a tenant and answers when it is ACTIVE.
   *
   * @throws {UserErrors} `IDENTIFIER_*`, INVALID, REQUIRED, TOO_LONG; CONFLICT when an idempotency key comes with
   * another input than before.
   * @throws {CodedError} CAPACITY_EXHAUSTED; TENANT_UNAVAILABLE while another process works on the same key, and
   * where its place does not answer.
   */
  async function register(input: unknown, origin: RegistrationOrigin): Promise<Registered> {
    const parsed = parseInput(Input, input);
    const fault = identifierFault(parsed.identifier, publicHost);
    if (fault !== undefined) throw userError(fault, IDENTIFIER_RULES[fault], 'identifier');
    requireDependencies(parsed.modules);
    const keyHash = parsed.idempotencyKey === undefined ? undefined : sha256(parsed.idempotencyKey);
    // With the key in it, the hash tells nothing of a connection string to who tries passwords on it.
    const inputHash = keyHash === undefined ? undefined : sha256(JSON.stringify([parsed, origin]));
    if (keyHash !== undefined) {
      const earlier = await control.tenants.findOne({ 'provisioning.keyHash': keyHash });
      if (earlier !== null) return replay(earlier, inputHash);
    }

    const identifier = parsed.identifier as TenantIdentifier;
    const id = uuidv7() as TenantId;
    const [[placed], isTaken, keys] = await Promise.all([
      // What stands in the way of a place is told once it is known that the identifier is free.
      Promise.allSettled([step('reserve', () => place(id, origin.placement))]),
      // With a key it may be the same request, sent twice at once.
      keyHash === undefined && control.tenants.has({ names: identifier }),
      meanwhile(() => firstKeys(box, id)),
    ]);
    if (isTaken) {
      if (placed.status === 'fulfilled') await giveBack(placed.value);
      throw taken();
    }
    if (placed.status === 'rejected') throw placed.reason;
    const placement = placed.value;
    const createdAt = new Date(now());
    const bootstrap = newBootstrapClient(keys.secretKey, createdAt);
    const draft: TenantRecord = {
      _id: id,
      identifier,
      names: [identifier],
      hosts: [],
      name: parsed.name,
      status: 'PROVISIONING',
      isSelfRegistered: origin.isSelfRegistered,
      administratorEmail: parsed.administrator?.email ?? null,
      issuer: `${publicUrl}/t/${parsed.identifier}`,
      modules: parsed.modules,
      settings: {},
      settingsRevision: 0,
      placement,
      ...keys.stored,
      provisioning: {
        leasedUntil: new Date(createdAt.getTime() + LEASE_MS),
        ...(keyHash === undefined ? {} : { keyHash, inputHash }),
        bootstrapClient: bootstrap.id,
        attempts: 1,
      },
      claimedAt: null,
      deletion: null,
      createdAt,
      updatedAt: createdAt,
      version: 1,
    };
    try {
      await step('record', () => control.tenants.insert(draft));
    } catch (error) {
      await giveBack(placement);
      if (!isDuplicateKey(error)) throw error;
      // The same request twice at once violates both indexes, and the server names either.
      const earlier =
        keyHash === undefined ? null : await control.tenants.findOne({ 'provisioning.keyHash': keyHash });
      if (earlier !== null) return replay(earlier, inputHash);
      if (isDuplicateKey(error, 'idempotency_key')) return register(input, origin);
      throw taken();
    }
    const administrator = administratorOf(draft);
    const [record, credentials] = await Promise.all([
      orSayUnreached(draft, provisioning.finish(draft, bootstrap, administrator)),
      meanwhile(() => credentialsOf(draft, bootstrap, administrator)),
    ]);
    if (administrator !== undefined) send(administrator.mail);
    return { record, bootstrap: credentials };
  }

  /** The same key again: the same tenant, and fresh credentials in place of those that may have been lost. */
  async function replay(earlier: TenantRecord, inputHash: string | undefined): Promise<Registered> {
    if (earlier.provisioning.inputHash !== inputHash) {
      throw userError('CONFLICT', 'This idempotency key came with another input before.', 'idempotencyKey');
    }
    const record =
      earlier.status === 'PROVISIONING' ? await orSayUnreached(earlier, takeover.takeUp(earlier)) : earlier;
    if (record.status === 'FAILED') throw stillWorkedOn();
    // A registration that was finished on nobody's behalf, after a crash, counts from there.
    const since = record.provisioning.activeAt ?? record.createdAt;
    const isFresh = since.getTime() + REPLAY_MS > Date.now();
    if (record.status !== 'ACTIVE' || !isFresh) return { record, bootstrap: null };
    const bootstrap = newBootstrapClient(await secretKey(record._id), new Date(now()));
    const replaced = await takeover.replaceBootstrap(record, bootstrap);
    const administrator = await renewedAdministrator(useDatabase, replaced);
    const credentials = await credentialsOf(replaced, bootstrap, administrator);
    if (administrator !== undefined) send(administrator.mail);
    return { record: replaced, bootstrap: credentials };
  }

  /** A deployment of a tenant's own is no cluster, and nothing is counted there. */
  async function giveBack({ cluster }: Placement): Promise<void> {
    await clusters.account(cluster, -SIGN_UP_NAMESPACES);
  }

  async function credentialsOf(
    record: TenantRecord,
    { id, secret }: BootstrapClient,
    administrator: Administrator | undefined,
  ): Promise<Bootstrap> {
    const lifetime = optionValue(accessTokenLifetimeSeconds, [tenantOf(record).settings]);
    const { token, expiresAt } = await tokens.forTenant(record, {
      subject: id,
      clientId: id,
      scopes: TENANT_SCOPES,
      lifetimeMs: lifetime * 1_000,
    });
    return {
      accessToken: token,
      expiresAt,
      clientId: id,
      clientSecret: secret,
      setPasswordUrl: administrator?.setPasswordUrl ?? null,
    };
  }

  function requireDependencies(ids: readonly string[]): void {
    for (const { id, dependsOn } of modules) {
      const missing = ids.includes(id) ? dependsOn.find((needed) => !ids.includes(needed)) : undefined;
      if (missing !== undefined) throw userError('INVALID', `The module ${id} needs ${missing}.`, 'modules');
    }
  }

  return {
    register,
    async isAvailable(identifier: string): Promise<boolean> {
      if (identifierFault(identifier, publicHost) !== undefined || !isIdentifier(identifier)) return false;
      return !(await control.tenants.has({ names: identifier }));
    },
  };
}

export type Registration = ReturnType<typeof createRegistration>;

function taken(): UserErrors {
  return userError('IDENTIFIER_TAKEN', 'This identifier is taken.', 'identifier');
}
