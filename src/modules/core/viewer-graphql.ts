import type { Principal } from '../../auth/principal.ts';
import { scopesOf } from '../../auth/principal.ts';
import { builder } from '../../graphql/builder.ts';
import { APPLICATION_TENANT, encodeGlobalId } from '../../graphql/global-id.ts';

const ViewerKind = builder.enumType('ViewerKind', {
  values: {
    ANONYMOUS: { value: 'anonymous' },
    CLIENT: { value: 'client' },
    USER: { value: 'user' },
  } as const,
});

const Viewer = builder.objectRef<Principal>('Viewer').implement({
  description: 'The caller.',
  fields: (t) => ({
    kind: t.expose('kind', { type: ViewerKind }),
    subject: t.string({
      nullable: true,
      resolve: (principal) => (principal.kind === 'anonymous' ? null : principal.subject),
    }),
    scopes: t.stringList({ resolve: (principal) => [...scopesOf(principal)].sort() }),
    applicationTenant: t.id({
      nullable: true,
      description: 'The application tenant the caller is confined to; null: the whole tenant.',
      resolve: (principal) =>
        principal.kind === 'anonymous' || principal.applicationTenant === null
          ? null
          : encodeGlobalId(APPLICATION_TENANT, principal.applicationTenant),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({ type: Viewer, subGraphs: ['core'], resolve: (_root, _args, { scope }) => scope.principal }),
);
