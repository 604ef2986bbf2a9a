import type { TestGateway, TestTenant } from './gateway.ts';
import { graphql } from './request.ts';

/** Writes content of one tenant, through the API of one node. */
export interface ContentWriter {
  /** Creates a draft of type `Post` (or another one) and answers its id. */
  create(title: string, input?: object): Promise<string>;
  update(id: string, change: object): Promise<void>;
  publish(id: string): Promise<void>;
  unpublish(id: string): Promise<void>;
  delete(id: string): Promise<void>;
  restore(id: string): Promise<void>;
}

export async function contentWriter(
  { port }: Pick<TestGateway, 'port'>,
  tenant: Pick<TestTenant, 'token'>,
  types: readonly string[] = ['Post'],
): Promise<ContentWriter> {
  const token = await tenant.token();
  const run = async (mutation: string, input: object, selection: string) => {
    const name = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const { data, errors } = await graphql({
      port,
      token,
      query: `mutation ($input: ${name}!) { ${mutation}(input: $input) { ${selection} userErrors { code message } } }`,
      variables: { input },
    });
    const payload = data?.[mutation] as { userErrors: unknown[]; contentItem?: { id: string } } | undefined;
    if (payload === undefined || payload.userErrors.length > 0) {
      throw new Error(`${mutation}: ${JSON.stringify([errors, payload])}`);
    }
    return payload.contentItem?.id ?? '';
  };
  for (const name of types) {
    await run('createContentType', { name, fields: [{ name: 'body', kind: 'TEXT' }] }, 'contentType { id }');
  }
  const item = 'contentItem { id }';
  return {
    create: (title, input = {}) => run('createContentItem', { type: 'Post', title, ...input }, item),
    update: async (id, change) => void (await run('updateContentItem', { id, ...change }, item)),
    publish: async (id) => void (await run('publishContentItem', { id }, item)),
    unpublish: async (id) => void (await run('unpublishContentItem', { id }, item)),
    delete: async (id) => void (await run('deleteContentItem', { id }, 'deletedId')),
    restore: async (id) => void (await run('restoreContentItem', { id }, item)),
  };
}
