/** `@mdn/browser-compat-data` as far as the demo shows it. */
export interface CompatData {
  browsers: Readonly<Record<string, CompatBrowser>>;
  /** Areas like `css`, each a tree of features. */
  [area: string]: unknown;
}

export interface CompatBrowser {
  name: string;
  type: string;
  preview_name?: string;
  /** Key of the browser it is made of. */
  upstream?: string;
  accepts_flags: boolean;
  accepts_webextensions: boolean;
  releases: Record<string, { status: string; release_date?: string; engine?: string }>;
}

/** A node of the tree: a feature when it has `__compat`, and the features below it under all other keys. */
export type CompatNode = { readonly __compat?: CompatStatement } & {
  readonly [key: string]: CompatNode | undefined;
};

export interface CompatStatement {
  description?: string;
  mdn_url?: string;
  spec_url?: string | string[];
  status?: { deprecated: boolean; experimental: boolean; standard_track: boolean };
  tags?: string[];
  support: Record<string, SupportStatement | SupportStatement[]>;
}

export interface SupportStatement {
  version_added: string | false;
  version_removed?: string;
  flags?: object[];
}
