import DataLoader from 'dataloader';
import type { UpdateQuery } from 'mongoose';
import type { mongo } from 'mongoose';
import { type Creation, isReplay } from '../../graphql/idempotency.ts';
import { type Page, type PageArguments, type PageOrder, pageOf } from '../../graphql/paging.ts';
import { changeDocument, deleteDocument, type Target } from '../../graphql/revision.ts';
import { inOrderOf } from '../../lib/in-order-of.ts';
import { userError } from '../../lib/user-error.ts';
import type { BoundModel } from '../../mongo/bound-model.ts';
import type { Watched } from '../../mongo/cluster-feed.ts';
import { isDuplicateKey } from '../../mongo/duplicate-key.ts';
import { homeOf, type Rows } from '../../mongo/rows.ts';
import { perScope } from '../../shell/per-scope.ts';
import { EMAIL_INDEX } from './migrations/001-unique-email.ts';
import { emailKeyOf, type KnownUser, type User, userModel } from './user.ts';

export interface UserFilter {
  email?: string | null | undefined;
  status?: User['status'] | null | undefined;
  applicationTenant?: string | null | undefined;
}

/** What can be changed of a user. */
export type UserChanges = Partial<
  Pick<User, 'email' | 'name' | 'isEmailVerified' | 'status' | 'scopes' | 'tokensSince'>
>;

/** How many attempts lock an account, and for how long, in milliseconds. */
export interface AttemptLimits {
  attempts: number;
  lockMs: number;
}

/** The only door to a tenant's users. What their passwords are stays behind it, but for `sign-in` and `password-link`. */
export class UserStore {
  readonly #model: BoundModel<User>;
  readonly #home: string | null;
  readonly #list: string;
  readonly #byId: DataLoader<string, KnownUser | null>;

  /** `rows`: as the model is bound to. An address leads to a user of theirs; of all of them, to the tenant's own. */
  constructor(model: BoundModel<User>, tenant: string, rows: Rows) {
    this.#model = model;
    this.#home = homeOf(rows);
    this.#list = `${tenant} ${this.#home} users`;
    this.#byId = new DataLoader(async (ids) => {
      const users = (await model.find({ _id: { $in: [...ids] } })).map(known);
      return inOrderOf(ids, users, ({ _id }) => _id);
    });
  }

  byId(id: string): Promise<KnownUser | null> {
    return this.#byId.load(id);
  }

  async byEmail(email: string): Promise<KnownUser | null> {
    const user = await this.#model.findOne({ applicationTenant: this.#home, emailKey: emailKeyOf(email) });
    return user && known(user);
  }

  async page(filter: UserFilter, page: PageArguments, order: PageOrder): Promise<Page<KnownUser>> {
    const conditions = {
      ...(filter.email == null ? {} : { emailKey: emailKeyOf(filter.email) }),
      ...(filter.status == null ? {} : { status: filter.status }),
      ...(filter.applicationTenant == null ? {} : { applicationTenant: filter.applicationTenant }),
    } as mongo.Filter<User>;
    const found = await pageOf(this.#model, { filter: conditions, order, page, list: this.#list });
    return { ...found, edges: found.edges.map(({ cursor, node }) => ({ cursor, node: known(node) })) };
  }

  /**
   * Inserts a user, or finds the one the same creation inserted before.
   *
   * @throws {UserErrors} TAKEN when another user of the same application tenant has the address
   * @returns undefined when the id belongs to another creation.
   */
  async insert(user: User, creation: Creation): Promise<{ user: KnownUser; isNew: boolean } | undefined> {
    try {
      const inserted = await this.#model.insert(user);
      this.#byId.clear(user._id);
      return { user: known(inserted), isNew: true };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // A replay violates both indexes, and the server names whichever it looked at first.
      const existing = await this.#model.findOne({ _id: user._id });
      if (existing === null) throw emailTaken();
      return isReplay(creation, existing) ? { user: known(existing), isNew: false } : undefined;
    }
  }

  /**
   * @param decide - the changes for the user as it is right now; undefined leaves it as it is.
   * @throws {CodedError} NOT_FOUND
   * @throws {UserErrors} CONFLICT; TAKEN when another user has the address
   */
  async change(target: Target, decide: (user: KnownUser) => UserChanges | undefined): Promise<KnownUser> {
    try {
      const changed = await changeDocument(this.#model, target, (current) => {
        const changes = decide(known(current));
        if (changes?.email === undefined) return changes;
        // A link that was sent to the address before must not prove this one.
        return { ...changes, emailKey: emailKeyOf(changes.email), passwordLink: null };
      });
      this.#byId.clear(target.id);
      return known(changed);
    } catch (error) {
      throw isDuplicateKey(error, EMAIL_INDEX) ? emailTaken() : error;
    }
  }

  async delete(target: Target): Promise<void> {
    await deleteDocument(this.#model, target);
    this.#byId.clear(target.id);
  }

  /**
   * Counts an attempt at the password of an address before it is looked at, so that a thousand guesses at once are a
   * thousand attempts. The last one that is allowed locks in the same command: what comes of an attempt takes no other.
   *
   * @returns the user with what its password is; null when there is none, or none that may be tried now.
   */
  countAttempt(email: string, now: Date, { attempts, lockMs }: AttemptLimits): Promise<User | null> {
    // After a lock it begins anew.
    const counted = {
      $cond: [{ $gt: ['$lockedUntil', null] }, 1, { $add: [{ $ifNull: ['$attempts', 0] }, 1] }],
    };
    const lockedUntil = new Date(now.getTime() + lockMs);
    return this.#model.findOneAndUpdate(
      {
        applicationTenant: this.#home,
        emailKey: emailKeyOf(email),
        $or: [{ lockedUntil: null }, { lockedUntil: { $lte: now } }],
      } as mongo.Filter<User>,
      [
        { $set: { attempts: counted } },
        { $set: { lockedUntil: { $cond: [{ $gte: ['$attempts', attempts] }, lockedUntil, null] } } },
      ],
    );
  }

  /** Writes what became of an attempt or a link; no change anybody would have to know of. */
  async note(condition: mongo.Filter<User>, values: Partial<User>): Promise<KnownUser | null> {
    const noted = await this.#model.findOneAndUpdate(condition, { $set: values } as UpdateQuery<User>);
    if (noted === null) return null;
    this.#byId.clear(noted._id);
    return known(noted);
  }

  hasLink(id: string, hash: string, now: Date): Promise<boolean> {
    const filter = { _id: id, 'passwordLink.hash': hash, 'passwordLink.expiresAt': { $gt: now } };
    return this.#model.has(filter as mongo.Filter<User>);
  }

  /** Removes all users of an application tenant. */
  deleteAllOf(applicationTenant: string): Promise<void> {
    return this.#model.deleteMany({ applicationTenant });
  }
}

/** What other nodes must hear of: what makes tokens of a user count or not. */
export const watchedUsers: Watched = { collection: userModel.collection, fields: ['status', 'tokensSince'] };

export const userStore = perScope(
  (scope) => new UserStore(scope.model(userModel), scope.tenant.id, scope.rows),
);

export function known(user: User): KnownUser {
  const {
    emailKey: _emailKey,
    passwordHash,
    passwordLink: _link,
    attempts: _attempts,
    lockedUntil: _lockedUntil,
    inputHash: _inputHash,
    ...rest
  } = user;
  return { ...rest, hasPassword: passwordHash !== null };
}

function emailTaken() {
  return userError('TAKEN', 'Another user has this address.', 'email');
}
