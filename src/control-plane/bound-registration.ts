import type { UpdateQuery } from 'mongoose';
import type { SecretBox } from '../config/secrets.ts';
import { CodedError } from '../lib/coded-error.ts';
import type { OutsideWeb } from '../lib/outside-web.ts';
import { userError } from '../lib/user-error.ts';
import { isDuplicateKey } from '../mongo/duplicate-key.ts';
import type { Events } from '../observability/events.ts';
import { IDENTIFIER_RULES, identifierFault } from '../tenancy/identifier.ts';
import type { TenantRegistration } from '../tenancy/registration.ts';
import type { Tenant, TenantIdentifier } from '../tenancy/tenant.ts';
import { boundHosts } from './bound-hosts.ts';
import { boundIssuers } from './bound-issuers.ts';
import type { CachedDirectory } from './cached-directory.ts';
import type { ControlDatabase } from './control-database.ts';
import { MAX_KEYS, rotateSigningKey } from './tenant-keys.ts';
import { type TenantRecord, tenantOf } from './tenant-record.ts';
import type { TxtLookup } from './txt-lookup.ts';

export interface BoundRegistrationOptions {
  control: ControlDatabase;
  directory: CachedDirectory;
  publicHost: string;
  baseDomain: string;
  lookUpTxt: TxtLookup;
  web: OutsideWeb;
  box: SecretBox;
  /** Makes the database of a tenant ready for a module (`prepare-module.ts`). */
  prepareModule(id: string, module: string, requires: readonly string[]): Promise<void>;
  events: Events;
}

/** Aliases a tenant may collect by renaming itself. */
const MAX_ALIASES = 10;

/** Writes to the record of one tenant, which is fixed here for as long as a scope lives. */
export function boundRegistration(options: BoundRegistrationOptions) {
  const { control, directory, publicHost, baseDomain, lookUpTxt, web, prepareModule, events } = options;
  const rules = { baseDomain, publicHost };

  return (tenant: Tenant): TenantRegistration => {
    const { id, identifier: before, hosts, trustedIssuers } = tenant;
    const otherNames = hosts.length + trustedIssuers.length;
    const write = async (
      condition: object,
      update: UpdateQuery<TenantRecord>,
    ): Promise<Tenant | undefined> => {
      const record = await directory.noting(
        control.tenants.findOneAndUpdate(
          { _id: id, status: 'ACTIVE', ...condition },
          {
            ...update,
            $set: { ...update.$set, updatedAt: new Date() },
            $inc: { ...update.$inc, version: 1 },
          },
        ),
      );
      return record === null ? undefined : tenantOf(record);
    };

    return {
      hosts: boundHosts({ tenant: id, control, rules, lookUpTxt, write, events }),
      issuers: boundIssuers({ tenant, web, write, events }),
      follow: (listener) =>
        directory.watch(id, () => {
          // The name may be somebody else's by now.
          const tell = (tenant: Tenant | undefined) => void (tenant?.id === id && listener(tenant));
          // Of a record that cannot be read there is nothing to tell; whoever relies on it will see for itself.
          directory.byIdentifier(before).then(tell, () => undefined);
        }),
      async markClaimed() {
        if (await write({ claimedAt: null }, { $set: { claimedAt: new Date() } })) return;
        // Somebody else claimed it at the same time; or it is being undone, and this request must not bring it back.
        if (await control.tenants.has({ _id: id, status: 'ACTIVE' })) return;
        throw new CodedError('TENANT_NOT_FOUND', 'There is no such tenant.', { cause: 'being undone' });
      },
      async changeName(name) {
        return required(await write({}, { $set: { name } }));
      },
      async rename(identifier) {
        const fault = identifierFault(identifier, publicHost);
        if (fault !== undefined) throw userError(fault, IDENTIFIER_RULES[fault], 'identifier');
        const renamed = identifier as TenantIdentifier;
        try {
          const tenant = await write(
            { $or: [{ names: renamed }, { [`names.${MAX_ALIASES + otherNames}`]: { $exists: false } }] },
            { $set: { identifier: renamed }, $addToSet: { names: renamed } },
          );
          if (tenant === undefined) {
            throw userError('LIMIT', `A tenant has at most ${MAX_ALIASES} aliases.`, 'identifier');
          }
          events.tenantRenamed({ tenant: id, from: before, to: identifier });
          return tenant;
        } catch (error) {
          if (!isDuplicateKey(error, 'names')) throw error;
          throw userError('IDENTIFIER_TAKEN', 'This identifier is taken.', 'identifier');
        }
      },
      async rotateSigningKeys() {
        return tenantOf(await rotateSigningKey(options, id, MAX_KEYS));
      },
      async replaceSigningKeys() {
        return tenantOf(await rotateSigningKey(options, id, 1));
      },
      async enableModule(module, requires) {
        // First, so that nobody is ever served a module its database is not ready for.
        await prepareModule(id, module, requires);
        const tenant = await write(
          requires.length === 0 ? {} : { $and: requires.map((required) => ({ modules: required })) },
          { $addToSet: { modules: module } },
        );
        if (tenant !== undefined) events.tenantModulesChanged({ tenant: id, modules: tenant.modules });
        return tenant;
      },
      async disableModule(module, dependents) {
        const tenant = await write({ modules: { $nin: dependents } }, { $pull: { modules: module } });
        if (tenant !== undefined) events.tenantModulesChanged({ tenant: id, modules: tenant.modules });
        return tenant;
      },
      changeSettings(changes, expectedRevision) {
        const set: Record<string, unknown> = {};
        const unset: Record<string, 1> = {};
        for (const [path, value] of changes) {
          if (value === undefined) unset[`settings.${path}`] = 1;
          else set[`settings.${path}`] = value;
        }
        return write(expectedRevision === undefined ? {} : { settingsRevision: expectedRevision }, {
          $set: set,
          ...(Object.keys(unset).length === 0 ? {} : { $unset: unset }),
          $inc: { settingsRevision: 1 },
        });
      },
    };
  };
}

function required(tenant: Tenant | undefined): Tenant {
  if (tenant === undefined) throw new Error('the tenant is not active any more');
  return tenant;
}
