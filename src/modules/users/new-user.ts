import { emailKeyOf, type User } from './user.ts';

/** A user without a password. */
export function newUser({
  id,
  now,
  ...values
}: Pick<User, 'email' | 'name' | 'scopes' | 'applicationTenant'> & {
  id: string;
  inputHash?: string;
  now: Date;
}): User {
  return {
    _id: id,
    ...values,
    emailKey: emailKeyOf(values.email),
    isEmailVerified: false,
    status: 'ACTIVE',
    passwordHash: null,
    passwordLink: null,
    attempts: 0,
    lockedUntil: null,
    tokensSince: now,
    lastSignInAt: null,
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
}
