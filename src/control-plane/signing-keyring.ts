import type { SecretBox } from '../config/secrets.ts';
import type { TenantId } from '../tenancy/tenant.ts';
import type { ControlDatabase } from './control-database.ts';

/**
 * Unseals the private keys of a tenant, the one that signs first. Only its identity provider asks, when it is opened.
 */
export function signingKeyring({ control, box }: { control: ControlDatabase; box: SecretBox }) {
  return async (tenant: TenantId): Promise<{ kid: string; alg: string; privatePem: string }[]> => {
    const record = await control.tenants.findOne({ _id: tenant });
    return (record?.keys ?? []).map(({ kid, alg, sealedPrivateKey }) => ({
      kid,
      alg,
      privatePem: box.open(sealedPrivateKey, tenant),
    }));
  };
}
