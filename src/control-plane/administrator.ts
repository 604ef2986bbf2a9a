import type { Mail } from '../lib/mailer.ts';
import { uuidv8Of } from '../lib/uuid.ts';
import { linkMail, newLink, passwordUrl } from '../modules/users/link.ts';
import { emailKeyOf } from '../modules/users/user.ts';
import { renewAdministratorLink } from '../shell/pending-administrator.ts';
import { type PendingAdministrator, stampModel } from '../shell/stamp.ts';
import type { TenantId } from '../tenancy/tenant.ts';
import type { UseTenantDatabase } from './tenant-database.ts';
import type { TenantRecord } from './tenant-record.ts';

/** The person a registration names, before that person is a user. */
export interface Administrator {
  /** As it waits in the stamp. */
  readonly pending: PendingAdministrator;
  /** Where the first password is set; shown once. */
  readonly setPasswordUrl: string;
  readonly mail: Mail;
}

/** With a fresh link; undefined for a tenant that was registered without one, or has no users. */
export function administratorOf({
  _id,
  administratorEmail: email,
  modules,
  issuer,
  name,
}: TenantRecord): Administrator | undefined {
  if (email === null || !modules.includes('users')) return undefined;
  const user = administratorId(_id);
  const link = newLink('FIRST');
  return {
    pending: { user, email, emailKey: emailKeyOf(email), ...link.kept },
    setPasswordUrl: passwordUrl(issuer, user, link),
    mail: linkMail({ issuer, name }, { id: user, email, hasPassword: false }, link),
  };
}

/** The one that waits, with another link that counts from now on; undefined when that person is a user by now. */
export async function renewedAdministrator(
  useDatabase: UseTenantDatabase,
  record: TenantRecord,
): Promise<Administrator | undefined> {
  const administrator = administratorOf(record);
  if (administrator === undefined) return undefined;
  const { user } = administrator.pending;
  const renewed = await useDatabase(record._id as TenantId, record.placement, (database) =>
    renewAdministratorLink(database.model(stampModel), { user }, administrator.pending),
  );
  return renewed === undefined ? undefined : administrator;
}

/** The same whoever finishes a registration. */
function administratorId(tenant: string): string {
  return uuidv8Of(`administrator of ${tenant}`);
}
