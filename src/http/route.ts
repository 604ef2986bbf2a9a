/** What a path asks for. `label` is what logs and metrics call it: a small fixed set. */
export type Route =
  | { kind: 'tenant'; label: 'graphql'; prefix: string | undefined; isSchemaFile: boolean }
  | { kind: 'sts'; label: 'sts'; prefix: string; path: string }
  | { kind: 'platform'; label: 'platform'; isSchemaFile: boolean }
  | { kind: 'asset'; label: 'asset' }
  | { kind: 'live'; label: 'healthz' }
  | { kind: 'ready'; label: 'readyz' }
  | { kind: 'none'; label: 'none' };

/** What a tenant's identity provider answers. */
const STS_PATH = /^\/t\/([^/]{1,200})(\/\.well-known\/openid-configuration|\/oauth\/.{1,500})$/;

/**
 * Reads a path. The prefix is taken as it stands: nothing is decoded or folded, so no other spelling of an identifier
 * can name a tenant.
 */
export function routeOf(path: string): Route {
  switch (path) {
    case '/healthz':
      return { kind: 'live', label: 'healthz' };
    case '/readyz':
      return { kind: 'ready', label: 'readyz' };
    case '/platform/graphql':
      return { kind: 'platform', label: 'platform', isSchemaFile: false };
    case '/platform/graphql/schema.graphql':
      return { kind: 'platform', label: 'platform', isSchemaFile: true };
  }
  if (path.startsWith('/_graphiql/')) return { kind: 'asset', label: 'asset' };
  const [, issuer, below] = STS_PATH.exec(path) ?? [];
  if (issuer !== undefined && below !== undefined) {
    return { kind: 'sts', label: 'sts', prefix: issuer, path: below };
  }
  const [, prefix, file] = /^(?:\/t\/([^/]{1,200}))?\/graphql(\/schema\.graphql)?$/.exec(path) ?? [];
  const isTenant = path.startsWith('/t/') ? prefix !== undefined : path === '/graphql' || file !== undefined;
  if (!isTenant) return { kind: 'none', label: 'none' };
  return { kind: 'tenant', label: 'graphql', prefix, isSchemaFile: file !== undefined };
}
