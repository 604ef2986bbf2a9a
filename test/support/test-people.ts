import type { Module } from '../../src/modules/module.ts';
import type { Account, SignIn } from '../../src/modules/sign-in.ts';

/** People who can sign in, by tenant; who it is stands in `login_hint`. Consent is given to everything. */
export function testPeople(): SignIn & {
  add(tenant: string, account: Account): void;
  remove(tenant: string, subject: string): void;
} {
  const people = new Map<string, Account>();
  const keyOf = (tenant: string, subject: string) => `${tenant} ${subject}`;
  return {
    add: (tenant, account) => void people.set(keyOf(tenant, account.subject), account),
    remove: (tenant, subject) => void people.delete(keyOf(tenant, subject)),
    account: (scope, subject) => Promise.resolve(people.get(keyOf(scope.tenant.id, subject))),
    passwordPage: () => Promise.reject(new Error('they have no passwords')),
    visit: (_scope, { prompt, parameters }) =>
      Promise.resolve(
        prompt === 'consent'
          ? { kind: 'consented' }
          : { kind: 'signed-in', subject: String(parameters['login_hint']), isRemembered: false },
      ),
  };
}

/** Contributes them to every tenant of a gateway. */
export function peopleModule(signIn: SignIn): Module {
  return {
    id: 'test-people',
    version: '1.0.0',
    dependsOn: [],
    isAlwaysOn: true,
    migrations: [],
    rules: {},
    nodes: {},
    signIn,
  };
}
