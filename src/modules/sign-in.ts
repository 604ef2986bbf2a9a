import type { Scope } from '../shell/scope.ts';

/** Somebody a tenant's identity provider can sign in. */
export interface Account {
  /** `sub` */
  readonly subject: string;
  /** Scopes they hold at the gateway; a token carries no other, whatever their client may ask for. */
  readonly scopes: ReadonlySet<string>;
  /** The application tenant they are confined to; absent: the whole tenant. */
  readonly applicationTenant?: string | undefined;
  /** Claims about them by name (OpenID Connect Core 5.1), like `email`; released by the scopes that were granted. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What a browser is on its way to: a request for authorization that waits for somebody to sign in or to consent. */
export interface SignInVisit {
  /** Names the interaction; part of the page's path. */
  readonly id: string;
  /** What it waits for. */
  readonly prompt: 'login' | 'consent';
  /** Parameters of the authorization request: `login_hint`, `app_tenant`, `ui_locales`, ... */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly clientId: string;
  /** Who is signed in already. */
  readonly subject: string | undefined;
  /** Scopes that are asked for and not granted yet; by the audience they belong to, '' for those of OpenID Connect. */
  readonly missingScopes: ReadonlyMap<string, readonly string[]>;
}

/** The HTTP side of a visit. */
export interface PageRequest {
  readonly method: string;
  /** Below the path of the interaction: '' or `/…`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Fields of a form; empty unless the method is POST. */
  readonly form: URLSearchParams;
  /** Of the visitor, behind as many proxies as are trusted. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What comes of a visit. */
export type SignInAnswer =
  | { kind: 'page'; status: number; headers: Record<string, string>; body: string }
  | { kind: 'signed-in'; subject: string; isRemembered: boolean }
  /** Grants every scope that is missing, but for those in `except`. */
  | { kind: 'consented'; except?: readonly string[] }
  | { kind: 'refused'; description: string };

/** How people sign in at a tenant's identity provider. A module contributes it; without one nobody can. */
export interface SignIn {
  /**
   * The account behind a subject; asked whenever a token is made for it.
   *
   * @returns undefined when it is gone or suspended: its codes and refresh tokens end there.
   */
  account(scope: Scope, subject: string): Promise<Account | undefined>;
  /** Shows the page of a visit, or tells what came of it. */
  visit(scope: Scope, visit: SignInVisit, request: PageRequest): Promise<SignInAnswer>;
}

/** Of tenants that have no users. */
const NO_SIGN_IN: SignIn = {
  account: () => Promise.resolve(undefined),
  visit: () => Promise.resolve({ kind: 'refused', description: 'Nobody can sign in here.' }),
};

/** Who may contribute a way to sign in. */
interface Contributor {
  readonly id: string;
  readonly isAlwaysOn: boolean;
  readonly signIn?: SignIn;
}

/** The way to sign in of a list of modules, for the tenants that have the one that knows it. */
export function signInOf(modules: readonly Contributor[]): SignIn {
  const contributor = modules.find(({ signIn }) => signIn !== undefined);
  const of = ({ tenant }: Scope): SignIn => {
    const isOn = contributor?.isAlwaysOn === true || tenant.modules.includes(contributor?.id ?? '');
    return (isOn ? contributor?.signIn : undefined) ?? NO_SIGN_IN;
  };
  return {
    account: (scope, subject) => of(scope).account(scope, subject),
    visit: (scope, visit, request) => of(scope).visit(scope, visit, request),
  };
}
