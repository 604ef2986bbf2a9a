import type { Scope } from '../shell/scope.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Module, Place } from './module.ts';
import type { Account, PageRequest, SignIn, SignInAnswer, SignInVisit } from './sign-in.ts';
import type { PageOwner, ThemedPage } from './themed-page.ts';

/** The people of a tenant and of its application tenants, as the tenant's identity provider knows them. */
export interface People {
  /** Whether anybody can sign in at a tenant. */
  isOpenTo(tenant: Tenant): boolean;
  /** See {@link SignIn.account}; undefined, too, while its application tenant is suspended. */
  account(scope: Scope, subject: string): Promise<Account | undefined>;
  /** See {@link SignIn.visit}; in the rows of the application tenant it names. */
  visit(scope: Scope, visit: Omit<SignInVisit, 'hostName'>, request: PageRequest): Promise<SignInAnswer>;
  /** See {@link SignIn.passwordPage}; undefined where nobody has a password. */
  passwordPage(scope: Scope, token: string, request: PageRequest): Promise<ThemedPage | undefined>;
  /** Whose pages somebody sees: their application tenant's, else the tenant's own. */
  host(scope: Scope, subject: string | undefined): Promise<PageOwner>;
  /** Whether an account may be used for what a client asks: not that of another application tenant or application. */
  isWelcome(scope: Scope, account: Account, asked: AskedPlace): Promise<boolean>;
}

/** Where a client wants somebody to sign in. */
export interface AskedPlace {
  readonly clientId: string;
  /** `app_tenant`: an identifier or id; undefined: not said. */
  readonly applicationTenant: string | undefined;
}

/** Of tenants that have no users. */
const NO_SIGN_IN: Pick<SignIn, 'account' | 'visit'> = {
  account: () => Promise.resolve(undefined),
  visit: () => Promise.resolve(refusal('Nobody can sign in here.')),
};

/**
 * The people of a list of modules. A visitor is nobody yet, so whose rows are looked at follows from what is asked for;
 * it is decided here and nowhere else.
 */
export function peopleOf(
  modules: readonly Pick<Module, 'id' | 'isAlwaysOn' | 'signIn' | 'findPlace'>[],
): People {
  const having = <K extends 'signIn' | 'findPlace'>({ tenant }: { tenant: Tenant }, contribution: K) =>
    modules.find(
      (each) => each[contribution] !== undefined && (each.isAlwaysOn || tenant.modules.includes(each.id)),
    )?.[contribution];
  const placeOf = (scope: Scope, name: string): Promise<Place | undefined> =>
    having(scope, 'findPlace')?.(scope, name) ?? Promise.resolve(undefined);
  const placeFor = async (scope: Scope, { clientId, applicationTenant = '' }: AskedPlace) => {
    const place = await placeOf(scope, applicationTenant);
    // One of another application is as good as none: an application learns nothing of another's customers.
    return place?.application === clientId ? place : undefined;
  };
  const signInOf = (scope: Scope) => having(scope, 'signIn');

  const account = async (scope: Scope, subject: string): Promise<Account | undefined> => {
    const found = await (signInOf(scope) ?? NO_SIGN_IN).account(scope.forRows('ALL'), subject);
    const home = found?.applicationTenant;
    return home === undefined || (await placeOf(scope, home)) !== undefined ? found : undefined;
  };
  const homeOf = async (scope: Scope, subject: string): Promise<Place | undefined> => {
    const home = (await account(scope, subject))?.applicationTenant;
    return home === undefined ? undefined : placeOf(scope, home);
  };
  return {
    isOpenTo: (tenant) => having({ tenant }, 'signIn') !== undefined,
    account,

    async visit(scope, visit, request) {
      const signIn = signInOf(scope) ?? NO_SIGN_IN;
      const name = visit.parameters['app_tenant'];
      const asked = {
        clientId: visit.clientId,
        applicationTenant: typeof name === 'string' ? name : undefined,
      };
      const place = asked.applicationTenant === undefined ? undefined : await placeFor(scope, asked);
      if (asked.applicationTenant !== undefined && place === undefined) {
        return refusal('This application has no such tenant.');
      }
      return signIn.visit(at(scope, place), { ...visit, hostName: hostNameOf(scope, place) }, request);
    },

    async passwordPage(scope, token, request) {
      const signIn = signInOf(scope);
      if (signIn === undefined) return undefined;
      const [subject = ''] = token.split('.');
      const place = await homeOf(scope, subject);
      return signIn.passwordPage(at(scope, place), { token, hostName: hostNameOf(scope, place) }, request);
    },

    async host(scope, subject) {
      const place = subject === undefined ? undefined : await homeOf(scope, subject);
      return { name: hostNameOf(scope, place), optionLayers: at(scope, place).optionLayers };
    },

    async isWelcome(scope, { applicationTenant: home }, asked) {
      if (asked.applicationTenant !== undefined) {
        const place = await placeFor(scope, asked);
        return place !== undefined && place.id === home;
      }
      return home === undefined || (await placeOf(scope, home))?.application === asked.clientId;
    },
  };
}

/** The scope for the people of a place, with what it has set of the options. */
function at(scope: Scope, place: Place | undefined): Scope {
  const narrowed = scope.forRows({ applicationTenant: place?.id ?? null });
  if (place !== undefined) narrowed.narrowOptions([place.options]);
  return narrowed;
}

function hostNameOf({ tenant }: Scope, place: Place | undefined): string {
  return place?.name ?? tenant.name;
}

function refusal(description: string): SignInAnswer {
  return { kind: 'refused', description };
}
