import type { Tenant } from '../tenancy/tenant.ts';

const published = new WeakMap<Tenant['keys'], string>();

/** The public keys of a tenant as they are published, out of its directory record alone. */
export function publishedKeys({ keys }: Tenant): string {
  let text = published.get(keys);
  if (text === undefined) {
    text = JSON.stringify({ keys: keys.all.map(({ jwk }) => jwk) });
    published.set(keys, text);
  }
  return text;
}
