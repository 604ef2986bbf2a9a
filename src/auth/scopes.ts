/** Every scope of a tenant's tokens, with what it allows; printed to `schema/scopes.md`. `write` does not imply `read`. */
export const SCOPES = {
  'tenant:read': 'read what only members may know of the tenant',
  'tenant:write': 'rename the tenant and change its name',
  'settings:read': 'read settings and their origins',
  'settings:write': 'change and reset settings',
  'modules:read': 'see which modules are enabled',
  'modules:write': 'enable and disable modules',
  'clients:read': 'read clients, their secrets by prefix only',
  'clients:write': 'create, change and delete clients, their secrets and grants',
  'resources:read': 'read API resources',
  'resources:write': 'create, change and delete API resources',
  'content:read': 'read published content and content types',
  'content:write': 'read drafts; create, change, delete and restore content and content types',
  'content:publish': 'publish and unpublish content',
  'users:read': 'read users',
  'users:write': 'create, change, suspend and delete users',
  'application-tenants:read': 'read application tenants',
  'application-tenants:write': 'create, change, suspend and delete application tenants',
} as const;

export type TenantScope = keyof typeof SCOPES;

export const TENANT_SCOPES = Object.keys(SCOPES) as TenantScope[];

export function isTenantScope(text: string): text is TenantScope {
  return Object.hasOwn(SCOPES, text);
}

/**
 * What somebody confined to an application tenant can hold: modules, resources, clients and the tenant itself belong to
 * the whole tenant.
 */
export const CONFINED_SCOPES: ReadonlySet<string> = new Set<TenantScope>([
  'settings:read',
  'content:read',
  'content:write',
  'content:publish',
  'users:read',
  'users:write',
]);

/** Scopes of operator tokens. */
export const PLATFORM_SCOPES = {
  'platform:tenants:read': 'read tenants of every status',
  'platform:tenants:write': 'create, suspend, resume, migrate and delete tenants',
  'platform:clusters:read': 'read clusters and their budgets',
  'platform:clusters:write': 'add and change clusters',
} as const;

export type PlatformScope = keyof typeof PLATFORM_SCOPES;
