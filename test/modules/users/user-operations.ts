import { expect } from 'vitest';
import { setPassword } from '../../../src/modules/users/password-link.ts';
import { signIn } from '../../../src/modules/users/sign-in.ts';
import type { KnownUser } from '../../../src/modules/users/user.ts';
import type { BenchTenant, Caller } from '../../support/module-bench.ts';

export interface UserReply {
  id: string;
  subject: string;
  email: string;
  name: string | null;
  isEmailVerified: boolean;
  hasPassword: boolean;
  status: string;
  scopes: string[];
  revision: number;
}

const USER = 'id subject email name isEmailVerified hasPassword status scopes revision';

/** Runs a mutation of the module; answers its payload and the top-level errors. */
export async function mutate(tenant: BenchTenant, field: string, input: object, caller?: Caller) {
  const noun = field === 'deleteUser' ? 'deletedId' : `user { ${USER} }`;
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const { data, errors } = await tenant.run(
    `mutation ($input: ${type}!) { ${field}(input: $input) { ${noun} userErrors { code path } } }`,
    { input },
    caller,
  );
  return { payload: data[field], errors };
}

/** A mutation that must succeed. */
export async function done(
  tenant: BenchTenant,
  field: string,
  input: object,
  caller?: Caller,
): Promise<UserReply> {
  const { payload, errors } = await mutate(tenant, field, input, caller);
  expect([errors, payload?.userErrors]).toEqual([[], []]);
  return payload.user as UserReply;
}

/** The faults of a mutation that must change nothing, as `CODE path`. */
export async function faultsOf(tenant: BenchTenant, field: string, input: object): Promise<string[]> {
  const { payload, errors } = await mutate(tenant, field, input);
  expect([errors, payload.user ?? null]).toEqual([[], null]);
  return (payload.userErrors as { code: string; path: string[] }[]).map(
    ({ code, path }) => `${code} ${path.join('.')}`,
  );
}

/** The token in the last link sent to an address. */
export function linkTo(tenant: BenchTenant, email: string): string {
  const mail = tenant.mails.findLast(({ to }) => to === email);
  const token = /\/oauth\/password\?token=(\S+)/.exec(mail?.text ?? '')?.[1];
  if (token === undefined) throw new Error(`no link was sent to ${email}`);
  return token;
}

/** Signs in as a browser's visit would: in the rows of an application tenant, and of nobody in particular. */
export async function tryPassword(
  tenant: BenchTenant,
  email: string,
  password: string,
  applicationTenant: string | null = null,
): Promise<KnownUser | undefined> {
  return signIn(await tenant.scope({ applicationTenant, isAnonymous: true }), { email, password });
}

/** A user who has followed the link that was sent. */
export async function userWithPassword(
  tenant: BenchTenant,
  input: { email: string; scopes?: string[] },
  password: string,
  caller?: Caller,
): Promise<UserReply> {
  const user = await done(tenant, 'createUser', input, caller);
  const scope = await tenant.scope({
    isAnonymous: true,
    applicationTenant: caller?.applicationTenant ?? null,
  });
  await setPassword(scope, linkTo(tenant, input.email), password);
  return user;
}
