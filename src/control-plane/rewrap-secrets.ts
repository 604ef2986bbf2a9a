import type { SecretBox } from '../config/secrets.ts';
import { allTenants } from './all-tenants.ts';
import type { ClusterRecord } from './cluster-record.ts';
import { clusterContext } from './clusters.ts';
import type { ControlDatabase } from './control-database.ts';
import { PLATFORM_KEY_CONTEXT } from './platform-keys.ts';
import { secretKeyContext } from './secret-keyring.ts';
import type { StoredKey, TenantRecord } from './tenant-record.ts';

/** How often a record that changes meanwhile is read again. */
const MAX_ATTEMPTS = 10;

/** What became of the sealed values. */
export interface RewrapResult {
  rewrapped: number;
  /** Sealed under the current master key already. */
  current: number;
  /** Records with a value that no key of this process opens, like `tenant 0197…`. */
  failed: string[];
}

/**
 * Seals every secret at rest again under the current master key: the signing keys, keys of hashes and connection
 * strings of tenants, the connection strings of clusters, the platform's key. Idempotent, and safe beside a gateway that runs: a record is
 * written only as it was read. Afterwards nothing needs `MASTER_KEY_PREVIOUS` any more.
 *
 * @param onProgress - told after each record.
 */
export async function rewrapSecrets(
  control: ControlDatabase,
  box: SecretBox,
  onProgress: (done: number, total: number) => void,
): Promise<RewrapResult> {
  const result: RewrapResult = { rewrapped: 0, current: 0, failed: [] };
  const total =
    (await control.platformKeys.count({})) +
    (await control.clusters.count({})) +
    (await control.tenants.count({}));
  let done = 0;
  const each = async (name: string, work: (count: Count) => Promise<void>): Promise<void> => {
    const counted: Count = { rewrapped: 0, current: 0 };
    try {
      await work(counted);
      result.rewrapped += counted.rewrapped;
      result.current += counted.current;
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error;
      result.failed.push(name);
    }
    done += 1;
    onProgress(done, Math.max(done, total));
  };

  for (const key of await control.platformKeys.find({})) {
    await each('platform key', async (count) => {
      const sealedPrivateKey = resealed(box, key.sealedPrivateKey, PLATFORM_KEY_CONTEXT, count);
      if (sealedPrivateKey === key.sealedPrivateKey) return;
      await control.platformKeys.findOneAndUpdate(
        { _id: key._id, sealedPrivateKey: key.sealedPrivateKey },
        { $set: { sealedPrivateKey } },
      );
    });
  }
  for (const cluster of await control.clusters.find({})) {
    await each(`cluster ${cluster._id}`, (count) => rewrapCluster(control, box, cluster, count));
  }
  for await (const record of allTenants(control)) {
    await each(`tenant ${record._id}`, (count) => rewrapTenant(control, box, record, count));
  }
  return result;
}

interface Count {
  rewrapped: number;
  current: number;
}

class CannotOpen extends Error {}

async function rewrapCluster(
  control: ControlDatabase,
  box: SecretBox,
  { _id, sealedConnectionString: sealed }: ClusterRecord,
  count: Count,
): Promise<void> {
  if (sealed === null) return;
  const again = resealed(box, sealed, clusterContext(_id), count);
  if (again === sealed) return;
  await control.clusters.findOneAndUpdate(
    { _id, sealedConnectionString: sealed },
    { $set: { sealedConnectionString: again } },
  );
}

async function rewrapTenant(
  control: ControlDatabase,
  box: SecretBox,
  found: TenantRecord,
  count: Count,
): Promise<void> {
  let record: TenantRecord | null = found;
  for (let attempt = 1; record !== null && attempt <= MAX_ATTEMPTS; attempt += 1) {
    const { _id, version, keys, nextKey, sealedSecretKey = null, placement }: TenantRecord = record;
    const counted: Count = { rewrapped: 0, current: 0 };
    const sealed = placement.sealedConnectionString;
    const again = (key: StoredKey): StoredKey => ({
      ...key,
      sealedPrivateKey: resealed(box, key.sealedPrivateKey, _id, counted),
    });
    const change = {
      keys: keys.map(again),
      nextKey: nextKey == null ? null : again(nextKey),
      sealedSecretKey:
        sealedSecretKey === null ? null : resealed(box, sealedSecretKey, secretKeyContext(_id), counted),
      'placement.sealedConnectionString': sealed === null ? null : resealed(box, sealed, _id, counted),
    };
    const isWritten =
      counted.rewrapped === 0 ||
      (await control.tenants.findOneAndUpdate({ _id, version }, { $set: change, $inc: { version: 1 } })) !==
        null;
    if (isWritten) {
      count.rewrapped += counted.rewrapped;
      count.current += counted.current;
      return;
    }
    record = await control.tenants.findOne({ _id });
  }
  if (record !== null) throw new Error(`tenant ${found._id} changes too often to be rewrapped; try again`);
}

/** The same text when it is sealed under the current key already. */
function resealed(box: SecretBox, sealed: string, context: string, count: Count): string {
  if (keyOf(sealed) === keyOf(box.seal('', context))) {
    count.current += 1;
    return sealed;
  }
  let plain: string;
  try {
    plain = box.open(sealed, context);
  } catch {
    throw new CannotOpen();
  }
  count.rewrapped += 1;
  return box.seal(plain, context);
}

/** The part of a sealed value that names its key. */
function keyOf(sealed: string): string | undefined {
  return sealed.split('.')[1];
}
