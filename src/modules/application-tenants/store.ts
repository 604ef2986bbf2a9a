import DataLoader from 'dataloader';
import { type Creation, isReplay } from '../../graphql/idempotency.ts';
import { type Page, type PageArguments, type PageOrder, pageOf } from '../../graphql/paging.ts';
import { changeDocument, deleteDocument, type Target } from '../../graphql/revision.ts';
import { inOrderOf } from '../../lib/in-order-of.ts';
import { userError } from '../../lib/user-error.ts';
import type { BoundModel } from '../../mongo/bound-model.ts';
import type { Watched } from '../../mongo/cluster-feed.ts';
import { isDuplicateKey } from '../../mongo/duplicate-key.ts';
import { perScope } from '../../shell/per-scope.ts';
import { type ApplicationTenant, applicationTenantModel } from './application-tenant.ts';

export interface ApplicationTenantFilter {
  application?: string | undefined;
  identifier?: string | null | undefined;
  status?: ApplicationTenant['status'] | null | undefined;
}

/** What can be changed of an application tenant. */
export type ApplicationTenantChanges = Partial<Pick<ApplicationTenant, 'name' | 'status' | 'settings'>>;

/** The only door to a tenant's application tenants. */
export class ApplicationTenantStore {
  readonly #model: BoundModel<ApplicationTenant>;
  readonly #list: string;
  readonly #byId: DataLoader<string, ApplicationTenant | null>;

  constructor(model: BoundModel<ApplicationTenant>, tenant: string) {
    this.#model = model;
    this.#list = `${tenant} applicationTenants`;
    this.#byId = new DataLoader(async (ids) => {
      const found = await model.find({ _id: { $in: [...ids] } });
      return inOrderOf(ids, found, ({ _id }) => _id);
    });
  }

  byId(id: string): Promise<ApplicationTenant | null> {
    return this.#byId.load(id);
  }

  /** As it is now, whatever this scope has read of it before. */
  current(id: string): Promise<ApplicationTenant | null> {
    return this.#byId.clear(id).load(id);
  }

  byIdentifier(identifier: string): Promise<ApplicationTenant | null> {
    return this.#model.findOne({ identifier });
  }

  page(
    { application, identifier, status }: ApplicationTenantFilter,
    page: PageArguments,
    order: PageOrder,
  ): Promise<Page<ApplicationTenant>> {
    const filter = {
      ...(application === undefined ? {} : { application }),
      ...(identifier == null ? {} : { identifier }),
      ...(status == null ? {} : { status }),
    };
    return pageOf(this.#model, { filter, order, page, list: this.#list });
  }

  /** True when one belongs to this client. */
  isApplication(client: string): Promise<boolean> {
    return this.#model.has({ application: client });
  }

  /**
   * Inserts an application tenant, or finds the one the same creation inserted before.
   *
   * @throws {UserErrors} TAKEN when another one has the identifier
   * @returns undefined when the id belongs to another creation.
   */
  async insert(made: ApplicationTenant, creation: Creation): Promise<ApplicationTenant | undefined> {
    try {
      await this.#model.insert(made);
      this.#byId.clear(made._id);
      return made;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // A replay violates both indexes, and the server names whichever it looked at first.
      const existing = await this.#model.findOne({ _id: made._id });
      if (existing === null) {
        throw userError('TAKEN', 'Another application tenant has this identifier.', 'identifier');
      }
      return isReplay(creation, existing) ? existing : undefined;
    }
  }

  /**
   * @param decide - the changes for it as it is right now; undefined leaves it as it is.
   * @throws {CodedError} NOT_FOUND
   * @throws {UserErrors} CONFLICT
   */
  async change(
    target: Target,
    decide: (current: ApplicationTenant) => ApplicationTenantChanges | undefined,
  ): Promise<ApplicationTenant> {
    const changed = await changeDocument(this.#model, target, decide);
    this.#byId.clear(target.id);
    return changed;
  }

  async delete(target: Target): Promise<void> {
    await deleteDocument(this.#model, target);
    this.#byId.clear(target.id);
  }
}

/** What other nodes must hear of. */
export const watchedApplicationTenants: Watched = {
  collection: applicationTenantModel.collection,
  fields: ['status', 'settings'],
};

export const applicationTenantStore = perScope(
  (scope) => new ApplicationTenantStore(scope.model(applicationTenantModel), scope.tenant.id),
);
