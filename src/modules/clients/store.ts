import DataLoader from 'dataloader';
import { type Page, type PageArguments, type PageOrder, pageOf } from '../../graphql/paging.ts';
import type { BoundModel } from '../../mongo/bound-model.ts';
import { perScope } from '../../shell/per-scope.ts';
import { type Client, clientModel } from './client.ts';

/** The only door to a tenant's clients. */
export class ClientStore {
  readonly #model: BoundModel<Client>;
  readonly #list: string;
  readonly #byId: DataLoader<string, Client | null>;

  constructor(model: BoundModel<Client>, tenant: string) {
    this.#model = model;
    this.#list = `${tenant} clients`;
    this.#byId = new DataLoader(async (ids) => {
      const clients = await model.find({ _id: { $in: [...ids] } });
      const byId = new Map(clients.map((client) => [client._id, client]));
      return ids.map((id) => byId.get(id) ?? null);
    });
  }

  byId(id: string): Promise<Client | null> {
    return this.#byId.load(id);
  }

  page(page: PageArguments, order: PageOrder): Promise<Page<Client>> {
    return pageOf(this.#model, { filter: {}, order, page, list: this.#list });
  }
}

export const clientStore = perScope((scope) => new ClientStore(scope.model(clientModel), scope.tenant.id));
