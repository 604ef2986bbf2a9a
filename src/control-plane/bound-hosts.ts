import { randomBytes } from 'node:crypto';
import type { UpdateQuery } from 'mongoose';
import { userError } from '../lib/user-error.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { Events } from '../observability/events.ts';
import {
  type OwnHost,
  ownHost,
  type OwnHostRules,
  proofNameOf,
  type TenantHosts,
} from '../tenancy/own-host.ts';
import type { Tenant, TenantIdentifier } from '../tenancy/tenant.ts';
import type { ControlDatabase } from './control-database.ts';
import type { HostClaim, TenantRecord } from './tenant-record.ts';
import type { TxtLookup } from './txt-lookup.ts';

/** Hosts a tenant may claim. */
const MAX_HOSTS = 20;

export interface BoundHostsOptions {
  tenant: string;
  control: ControlDatabase;
  rules: OwnHostRules;
  lookUpTxt: TxtLookup;
  /** Writes to the record of the tenant, if `condition` holds too. */
  write(condition: object, update: UpdateQuery<TenantRecord>): Promise<Tenant | undefined>;
  events: Events;
}

/** The own hosts of one tenant. A verified one is among the names that find it, which are unique over all tenants. */
export function boundHosts(options: BoundHostsOptions): TenantHosts {
  const { tenant, control, rules, lookUpTxt, write, events } = options;
  let reading: Promise<HostClaim[]> | undefined;

  /** Read once for a request, however often a document asks. */
  function claims(): Promise<HostClaim[]> {
    return (reading ??= control.tenants.findOne({ _id: tenant }).then((record) => record?.hosts ?? []));
  }

  function required(text: string): string {
    const checked = ownHost(text, rules);
    if ('fault' in checked) throw userError('INVALID', checked.fault, 'host');
    return checked.host;
  }

  async function claimed(text: string): Promise<HostClaim> {
    const host = required(text);
    const claim = (await claims()).find((each) => each.host === host);
    if (claim === undefined) throw userError('INVALID', 'is not among the hosts of this tenant', 'host');
    return claim;
  }

  return {
    async all() {
      return (await claims()).map(viewOf);
    },
    async add(text) {
      const host = required(text);
      const claim = { host, proof: randomBytes(24).toString('base64url'), verifiedAt: null };
      const added = await write(
        { 'hosts.host': { $ne: host }, [`hosts.${MAX_HOSTS - 1}`]: { $exists: false } },
        { $push: { hosts: claim } },
      );
      reading = undefined;
      if (added !== undefined) return viewOf(claim);
      const earlier = (await claims()).find((each) => each.host === host);
      if (earlier === undefined) throw userError('LIMIT', `A tenant has at most ${MAX_HOSTS} hosts.`, 'host');
      return viewOf(earlier);
    },
    async verify(text) {
      const claim = await claimed(text);
      const { host, proof, verifiedAt } = claim;
      if (verifiedAt !== null) return viewOf(claim);
      const { name, value } = viewOf(claim).record;
      const answer = await lookUpTxt(name);
      if (answer.kind === 'no answer') {
        throw userError('INVALID', `DNS does not answer for ${name} right now; try again shortly.`, 'host');
      }
      if (answer.kind === 'none') {
        throw userError('INVALID', `There is no TXT record at ${name}; a new one may take a while.`, 'host');
      }
      if (!answer.values.includes(value)) {
        throw userError('INVALID', `The TXT record at ${name} has another value.`, 'host');
      }
      const verified = { ...claim, verifiedAt: new Date() };
      try {
        const written = await write(
          { hosts: { $elemMatch: { host, proof } } },
          {
            $set: { 'hosts.$.verifiedAt': verified.verifiedAt },
            $addToSet: { names: host as TenantIdentifier },
          },
        );
        if (written === undefined) throw userError('INVALID', 'was removed meanwhile', 'host');
      } catch (error) {
        if (!isDuplicateKey(error, 'names')) throw error;
        throw userError('TAKEN', 'This host is in use.', 'host');
      } finally {
        reading = undefined;
      }
      events.tenantHostVerified({ tenant, host });
      return viewOf(verified);
    },
    async remove(text) {
      const { host } = await claimed(text);
      await write({}, { $pull: { hosts: { host }, names: host as TenantIdentifier } });
      reading = undefined;
    },
  };
}

function viewOf({ host, proof, verifiedAt }: HostClaim): OwnHost {
  return {
    host,
    isVerified: verifiedAt !== null,
    record: { name: proofNameOf(host), value: `tenant-gateway=${proof}` },
  };
}
