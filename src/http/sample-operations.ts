import type { Tenant } from '../tenancy/tenant.ts';
import type { SampleOperation } from './graphiql/page.ts';

const WHO_AM_I: SampleOperation = {
  name: 'Who am I?',
  query: `query WhoAmI {
  tenant { identifier name status hosts }
  viewer { kind subject scopes }
}`,
};

const SETTINGS: SampleOperation = {
  name: 'Settings and where they come from',
  query: `query Settings {
  settings {
    theme { primaryColor accentColor logoUrl }
    locale
    timezone
    options { publicContent corsOrigins }
    origins { path origin }
    revision
  }
  modules { id enabled dependsOn version }
}`,
};

const BY_MODULE: Readonly<Record<string, readonly SampleOperation[]>> = {
  content: [
    {
      name: 'Newest content',
      query: `query NewestContent {
  contentItems(first: 10, orderBy: { field: CREATED_AT, direction: DESC }) {
    totalCount
    nodes { id type slug locale title status data publishedAt }
    pageInfo { hasNextPage endCursor }
  }
}`,
    },
    {
      name: 'Changes of content as they happen',
      query: `subscription ContentChanges {
  contentChanged { kind id contentItem { type slug title status } }
}`,
    },
    {
      name: 'Content types and their fields',
      query: `query ContentTypes {
  contentTypes(first: 20) {
    nodes { id name description fields { name kind isRequired options of referenceTo } }
  }
}`,
    },
    {
      name: 'Search by title, and follow references',
      query: `query ByTitle($startsWith: String!) {
  contentItems(first: 5, filter: { title: { startsWith: $startsWith } }, orderBy: { field: TITLE }) {
    nodes {
      title
      type
      references { field items { id title slug } }
    }
  }
}`,
      variables: '{ "startsWith": "A" }',
    },
  ],
  clients: [
    {
      name: 'Clients',
      query: `query Clients {
  clients(first: 20) {
    nodes { id clientId name scopes secrets { id prefix createdAt expiresAt lastUsedAt } }
  }
}`,
    },
  ],
  resources: [
    {
      name: 'API resources',
      query: `query Resources {
  resources(first: 20) {
    nodes { id name audience scopes { name description } }
  }
}`,
    },
  ],
};

const PLATFORM: readonly SampleOperation[] = [
  {
    name: 'Register a tenant',
    query: `mutation Register {
  registerTenant(input: { identifier: "my-company", name: "My Company" }) {
    tenant { id identifier graphqlUrl issuer status }
    bootstrap { accessToken expiresAt clientId clientSecret }
    userErrors { code message path }
  }
}`,
  },
  {
    name: 'Tenants (for operators)',
    query: `query Tenants {
  tenants(first: 20) {
    totalCount
    nodes { id identifier name status modules placement { mode cluster } createdAt }
  }
  clusters { name budget used isOpen }
}`,
  },
  {
    name: 'Is an identifier free?',
    query: `query Available {
  identifierAvailable(identifier: "my-company")
  health { status }
}`,
  },
];

/** Operations for the GraphiQL page: those of the modules a tenant has, or those of the platform. */
export function sampleOperations(tenant: Tenant | undefined): readonly SampleOperation[] {
  if (tenant === undefined) return PLATFORM;
  return [WHO_AM_I, SETTINGS, ...tenant.modules.flatMap((module) => BY_MODULE[module] ?? [])];
}
