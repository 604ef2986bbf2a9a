import { randomUUID } from 'node:crypto';
import type { mongo } from 'mongoose';
import { generateSigningKey } from '../src/auth/signing-key.ts';

/** A tenant that is a record and nothing more. */
export interface CopiedTenant {
  id: string;
  identifier: string;
  database: string;
}

/**
 * Fills a control database with copies of one tenant's record, each under an id, names and keys of its own.
 *
 * @param from - the control database of the tenant to copy.
 * @param changes - made to every copy.
 */
export async function copyRecords(
  client: mongo.MongoClient,
  { from, identifier: model, into, count }: { from: string; identifier: string; into: string; count: number },
  changes: object = {},
): Promise<CopiedTenant[]> {
  const record = await client.db(from).collection('tenants').findOne({ identifier: model });
  if (record === null) throw new Error('no record to copy');
  const tenants = Array.from({ length: count }, (_, index): CopiedTenant => {
    const id = randomUUID();
    return { id, identifier: `known-tenant-${index}`, database: `tg_${id.replaceAll('-', '')}` };
  });
  const copies: mongo.Document[] = [];
  for (const { id, identifier, database } of tenants) {
    const { kid, alg, publicJwk } = generateSigningKey();
    copies.push({
      ...record,
      _id: id,
      identifier,
      names: [identifier],
      name: `The business called ${identifier}`,
      issuer: `http://gateway.test/t/${identifier}`,
      placement: { ...(record['placement'] as object), database },
      keys: [{ kid, alg, publicJwk, sealedPrivateKey: 'none' }],
      sealedSecretKey: null,
      ...changes,
    });
  }
  await client.db(into).collection('tenants').insertMany(copies);
  return tenants;
}
