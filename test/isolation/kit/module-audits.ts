import type { GraphQLReply } from '../../support/request.ts';

/** One thing a tenant has, as its own schema answers it: values by field, `id` among them. */
export type Canary = Readonly<Record<string, unknown>>;

/** What a tenant can name of its own. The n-th canaries of all types belong together. */
export interface Owner {
  /** Stands in every text this tenant chose: lower-case letters and digits. Whoever else is answered it has caught a leak. */
  readonly marker: string;
  /** The n-th canary of a type. */
  canary(typename: string): Canary;
  /** A text that was in no request before. */
  fresh(): string;
}

/** An owner whose endpoint can be called, with every scope. */
export interface Maker extends Owner {
  /** How many canaries of the type there are already. */
  readonly index: number;
  run(query: string, variables?: object): Promise<GraphQLReply>;
  /**
   * Runs a mutation that takes one input.
   *
   * @returns its payload.
   * @throws when it answers any error.
   */
  mutate<T = unknown>(mutation: string, input: object, selection: string): Promise<T>;
}

/** Input that is put at a path of arguments. */
export type Value = (owner: Owner, rest: readonly string[]) => unknown;

/**
 * What a module tells the kit: how a canary of each of its types is made, and the little that its schema does not tell.
 */
export interface ModuleAudits {
  readonly module: string;
  /**
   * By typename, in the order of making; two are made of each. Answers its global id, or for a type that is no node the
   * values that can be named.
   */
  readonly canaries: Readonly<Record<string, (maker: Maker) => Promise<string | Canary>>>;
  /** By field, like `createResource`: arguments that make the call work and cannot be derived. */
  readonly arguments?: Readonly<Record<string, (owner: Owner) => object>>;
  /**
   * By path, like `grantClientScopes.input.resource`: what of an owner is put there, where neither the name of the
   * argument nor its type tells. A path may lead to an input object or a list of them; what is below comes as `rest`.
   */
  readonly values?: Readonly<Record<string, Value>>;
  /** By field: brings the owner's canary into the state the field is about, like deleted before `restore…`. */
  readonly prepare?: Readonly<Record<string, (maker: Maker) => Promise<unknown>>>;
  /**
   * By subscription field: makes one event of it happen with the canary of this number, in a text that was in no request
   * before.
   *
   * @returns the text, which must hold the marker.
   */
  readonly events?: Readonly<Record<string, (maker: Maker) => Promise<string>>>;
  /** By path: why what is put there belongs to no tenant. */
  readonly exempt?: Readonly<Record<string, string>>;
}
