import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { SecretBox } from '../config/secrets.ts';
import type { ControlDatabase } from './control-database.ts';

/** What authenticates a tenant's key for hashes of secrets: no other sealed value of the record opens in its place. */
export function secretKeyContext(tenant: string): string {
  return `secrets of ${tenant}`;
}

/** A new key for hashes of a tenant's secrets. It leaves this process sealed only. */
export function newSecretKey(box: SecretBox, tenant: string): { key: KeyObject; sealed: string } {
  const bytes = randomBytes(32);
  return {
    key: createSecretKey(bytes),
    sealed: box.seal(bytes.toString('base64url'), secretKeyContext(tenant)),
  };
}

/** Unseals the key that hashes of a tenant's secrets are made with. One that a tenant of an earlier build lacks is made. */
export function secretKeyring({ control, box }: { control: ControlDatabase; box: SecretBox }) {
  return async (tenant: string): Promise<KeyObject> => {
    const sealed =
      (await control.tenants.findOne({ _id: tenant }))?.sealedSecretKey ?? (await firstKey(tenant));
    return createSecretKey(Buffer.from(box.open(sealed, secretKeyContext(tenant)), 'base64url'));
  };

  /** Of several that make one at once, one wins and all use it. */
  async function firstKey(tenant: string): Promise<string> {
    const { sealed } = newSecretKey(box, tenant);
    await control.tenants.findOneAndUpdate(
      { _id: tenant, sealedSecretKey: null, status: { $ne: 'DELETED' } },
      { $set: { sealedSecretKey: sealed }, $inc: { version: 1 } },
    );
    const record = await control.tenants.findOne({ _id: tenant });
    if (record?.sealedSecretKey == null) throw new Error(`tenant ${tenant} is gone`);
    return record.sealedSecretKey;
  }
}

export type SecretKeyring = ReturnType<typeof secretKeyring>;
