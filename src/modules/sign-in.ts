import type { Scope } from '../shell/scope.ts';
import type { ThemedPage } from './themed-page.ts';

/** Somebody a tenant's identity provider can sign in. */
export interface Account {
  /** `sub` */
  readonly subject: string;
  /** Scopes they hold at the gateway; a token carries no other, whatever their client may ask for. */
  readonly scopes: ReadonlySet<string>;
  /** The application tenant they are confined to; absent: the whole tenant. */
  readonly applicationTenant?: string | undefined;
  /** What was issued to them before is void: sessions, refresh tokens, access tokens. Absent: nothing is. */
  readonly since?: Date | undefined;
  /** Claims about them by name (OpenID Connect Core 5.1), like `email`; released by the scopes that were granted. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Scopes a client asks for at one place. */
export interface ScopeRequest {
  /** Where: the name of an API; undefined: what OpenID Connect knows of a person. */
  readonly api: string | undefined;
  readonly scopes: readonly { name: string; description: string }[];
}

/** What a browser is on its way to: a request for authorization that waits for somebody to sign in or to consent. */
export interface SignInVisit {
  /** Path of the page, without what is below it. */
  readonly path: string;
  /** What it waits for. */
  readonly prompt: 'login' | 'consent';
  /** Parameters of the authorization request: `login_hint`, `app_tenant`, `ui_locales`, ... */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly clientId: string;
  readonly clientName: string;
  /** Who is signed in already. */
  readonly subject: string | undefined;
  /** What is asked for and not granted yet. */
  readonly requests: readonly ScopeRequest[];
  /** Who receives the visitor: the tenant, or one of its application tenants. */
  readonly hostName: string;
}

/** The HTTP side of a visit. */
export interface PageRequest {
  readonly method: string;
  /** Below the path of the page: '' or `/…`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Fields of a form; empty unless the method is POST, and then a form of a page of this origin. */
  readonly form: URLSearchParams;
  /** Of the visitor, behind as many proxies as are trusted. */
  readonly address: string;
}

/** What comes of a visit. */
export type SignInAnswer =
  | { kind: 'page'; page: ThemedPage }
  | { kind: 'signed-in'; subject: string; isRemembered: boolean }
  /** Grants every scope that is missing, but for those in `except`. */
  | { kind: 'consented'; except?: readonly string[] }
  | { kind: 'refused'; description: string };

/**
 * How people sign in at a tenant's identity provider. A module contributes it; without one nobody can. Whose rows a
 * scope shows has been decided by then (`people.ts`).
 */
export interface SignIn {
  /**
   * The account behind a subject; asked whenever a token is made for it.
   *
   * @returns undefined when it is gone or suspended: its codes and refresh tokens end there.
   */
  account(scope: Scope, subject: string): Promise<Account | undefined>;
  /** Shows the page of a visit, or tells what came of it. */
  visit(scope: Scope, visit: SignInVisit, request: PageRequest): Promise<SignInAnswer>;
  /** The page behind a one-time link, which leads here from a mail and stands in no visit. */
  passwordPage(scope: Scope, link: PasswordLinkVisit, request: PageRequest): Promise<ThemedPage>;
}

/** Somebody follows a link to set a password. */
export interface PasswordLinkVisit {
  /** As it stands in the link: the subject, a dot, a secret. */
  readonly token: string;
  readonly hostName: string;
}
