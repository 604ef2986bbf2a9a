import type { Scope } from '../../shell/scope.ts';
import type { Account } from '../sign-in.ts';
import { userStore } from './store.ts';

/** The account of an active user. */
export async function findAccount(scope: Scope, subject: string): Promise<Account | undefined> {
  const user = await userStore(scope).byId(subject);
  if (user?.status !== 'ACTIVE') return undefined;
  const { _id, email, name, isEmailVerified, applicationTenant, tokensSince } = user;
  return {
    subject: _id,
    scopes: new Set(user.scopes),
    applicationTenant: applicationTenant ?? undefined,
    since: tokensSince,
    claims: {
      email,
      email_verified: isEmailVerified,
      preferred_username: email,
      ...(name === null ? {} : { name }),
    },
  };
}
