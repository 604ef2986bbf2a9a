import DataLoader from 'dataloader';
import type { mongo } from 'mongoose';
import { type Page, type PageArguments, type PageOrder, pageOf } from '../../graphql/paging.ts';
import { changeDocument, deleteDocument, type Target } from '../../graphql/revision.ts';
import { userError } from '../../lib/user-error.ts';
import type { BoundModel } from '../../mongo/bound-model.ts';
import { isDuplicateKey } from '../../mongo/duplicate-key.ts';
import { inOrderOf } from '../../lib/in-order-of.ts';
import { perScope } from '../../shell/per-scope.ts';
import { type ContentType, contentTypeModel } from './content-type.ts';
import { isTypeName } from './field-name.ts';

/** What can be changed of a type. */
export type TypeChange = Partial<Pick<ContentType, 'description' | 'fields'>>;

/** The only door to a tenant's content types. Who may read them is decided by the rules. */
export class ContentTypeStore {
  readonly #model: BoundModel<ContentType>;
  readonly #list: string;
  readonly #byId: DataLoader<string, ContentType | null>;
  readonly #byName: DataLoader<string, ContentType | null>;

  constructor(model: BoundModel<ContentType>, tenant: string) {
    this.#model = model;
    this.#list = `${tenant} contentTypes`;
    this.#byId = new DataLoader(async (ids) => {
      const types = await model.find({ _id: { $in: [...ids] } });
      return inOrderOf(ids, types, ({ _id }) => _id);
    });
    this.#byName = new DataLoader(async (names) => {
      const types = await model.find({ name: { $in: [...names] } });
      return inOrderOf(names, types, ({ name }) => name);
    });
  }

  byId(id: string): Promise<ContentType | null> {
    return this.#byId.load(id);
  }

  byName(name: string): Promise<ContentType | null> {
    return isTypeName(name) ? this.#byName.load(name) : Promise.resolve(null);
  }

  page(filter: mongo.Filter<ContentType>, order: PageOrder, page: PageArguments): Promise<Page<ContentType>> {
    return pageOf(this.#model, { filter, order, page, list: this.#list });
  }

  /** True when another type has a reference to this one. */
  isReferredTo({ _id, name }: ContentType): Promise<boolean> {
    return this.#model.has({ _id: { $ne: _id }, 'fields.referenceTo': name });
  }

  /**
   * @returns the type that was stored under this id before, when there is one; then nothing is inserted.
   * @throws {UserErrors} TAKEN when another type has the name.
   */
  async insert(type: ContentType): Promise<ContentType | undefined> {
    try {
      await this.#model.insert(type);
      this.#forget(type);
      return undefined;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // A replay violates both indexes, and the server names whichever it looked at first.
      const existing = await this.#model.findOne({ _id: type._id });
      if (existing !== null) return existing;
      throw userError('TAKEN', 'Another type has this name.', 'name');
    }
  }

  /** @throws {CodedError} NOT_FOUND @throws {UserErrors} CONFLICT */
  async change(target: Target, decide: (type: ContentType) => Promise<TypeChange>): Promise<ContentType> {
    const changed = await changeDocument(this.#model, target, decide);
    this.#forget(changed);
    return changed;
  }

  /** Deletes it unless `check` throws. */
  async delete(target: Target, check: (type: ContentType) => Promise<void>): Promise<void> {
    this.#forget(await deleteDocument(this.#model, target, check));
  }

  #forget({ _id, name }: ContentType): void {
    this.#byId.clear(_id);
    this.#byName.clear(name);
  }
}

export const contentTypeStore = perScope(
  (scope) => new ContentTypeStore(scope.model(contentTypeModel), scope.tenant.id),
);
