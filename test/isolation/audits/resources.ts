import type { ModuleAudits } from '../kit/module-audits.ts';

export const resources: ModuleAudits = {
  module: 'resources',
  canaries: {
    async ApiResource({ mutate, marker, index }) {
      const { resource } = await mutate<{ resource: { id: string } }>(
        'createResource',
        {
          name: `${marker} orders ${index}`,
          audience: `https://${marker}-${index}.example/api`,
          // The first is in every tenant: what tells a foreign resource apart must be the resource.
          scopes: [{ name: 'orders:read' }, { name: `${marker}:spare` }],
        },
        'resource { id }',
      );
      return resource.id;
    },
  },
  arguments: {
    createResource: ({ fresh }) => ({ input: { name: fresh(), audience: `https://${fresh()}.example/api` } }),
    addResourceScope: () => ({ input: { name: 'probe:read' } }),
    removeResourceScope: ({ marker }) => ({ input: { name: `${marker}:spare` } }),
  },
};
