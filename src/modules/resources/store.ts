import DataLoader from 'dataloader';
import { type Page, type PageArguments, type PageOrder, pageOf } from '../../graphql/paging.ts';
import { changeDocument, deleteDocument, type Target } from '../../graphql/revision.ts';
import { startsWith } from '../../graphql/text-prefix.ts';
import { userError } from '../../lib/user-error.ts';
import type { BoundModel } from '../../mongo/bound-model.ts';
import { isDuplicateKey } from '../../mongo/duplicate-key.ts';
import { inOrderOf } from '../../lib/in-order-of.ts';
import { perScope } from '../../shell/per-scope.ts';
import { AUDIENCE_INDEX } from './migrations/001-unique-audience.ts';
import { type ApiResource, resourceModel } from './resource.ts';

export interface ResourceFilter {
  namePrefix?: string | null | undefined;
  audience?: string | null | undefined;
}

/** What can be changed of a resource. */
export type ResourceChanges = Partial<Pick<ApiResource, 'name' | 'audience' | 'scopes'>>;

/** The only door to a tenant's API resources. */
export class ResourceStore {
  readonly #model: BoundModel<ApiResource>;
  readonly #list: string;
  readonly #byId: DataLoader<string, ApiResource | null>;

  constructor(model: BoundModel<ApiResource>, tenant: string) {
    this.#model = model;
    this.#list = `${tenant} resources`;
    this.#byId = new DataLoader(async (ids) => {
      const resources = await model.find({ _id: { $in: [...ids] } });
      return inOrderOf(ids, resources, ({ _id }) => _id);
    });
  }

  byId(id: string): Promise<ApiResource | null> {
    return this.#byId.load(id);
  }

  byAudience(audience: string): Promise<ApiResource | null> {
    return this.#model.findOne({ audience: { $eq: audience } });
  }

  page(filter: ResourceFilter, page: PageArguments, order: PageOrder): Promise<Page<ApiResource>> {
    const conditions = {
      ...(filter.namePrefix == null ? {} : { name: startsWith(filter.namePrefix) }),
      ...(filter.audience == null ? {} : { audience: { $eq: filter.audience } }),
    };
    return pageOf(this.#model, { filter: conditions, order, page, list: this.#list });
  }

  /**
   * @returns the resource that was stored under this id before, when there is one; then nothing is inserted.
   * @throws {UserErrors} TAKEN when another resource has the audience
   */
  async insert(resource: ApiResource): Promise<ApiResource | undefined> {
    try {
      await this.#model.insert(resource);
      this.#byId.clear(resource._id);
      return undefined;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // A replay violates both indexes, and the server names whichever it looked at first.
      const existing = await this.#model.findOne({ _id: resource._id });
      if (existing !== null) return existing;
      throw audienceTaken();
    }
  }

  /**
   * @param decide - the changes for the resource as it is right now; undefined leaves it as it is.
   * @throws {CodedError} NOT_FOUND
   * @throws {UserErrors} CONFLICT; TAKEN when another resource has the audience
   */
  async change(
    target: Target,
    decide: (resource: ApiResource) => ResourceChanges | undefined | Promise<ResourceChanges | undefined>,
  ): Promise<ApiResource> {
    try {
      const changed = await changeDocument(this.#model, target, decide);
      this.#byId.clear(target.id);
      return changed;
    } catch (error) {
      throw isDuplicateKey(error, AUDIENCE_INDEX) ? audienceTaken() : error;
    }
  }

  /** Deletes it unless `check` throws. */
  async delete(target: Target, check: () => Promise<void>): Promise<void> {
    await deleteDocument(this.#model, target, check);
    this.#byId.clear(target.id);
  }
}

export const resourceStore = perScope(
  (scope) => new ResourceStore(scope.model(resourceModel), scope.tenant.id),
);

function audienceTaken() {
  return userError('TAKEN', 'Another resource has this audience.', 'audience');
}
