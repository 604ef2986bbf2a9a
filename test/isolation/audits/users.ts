import type { ModuleAudits } from '../kit/module-audits.ts';

export const users: ModuleAudits = {
  module: 'users',
  canaries: {
    async User({ mutate, marker, index }) {
      const { user } = await mutate<{ user: { id: string } }>(
        'createUser',
        { email: `${marker}-${index}@example.com`, name: `${marker} person ${index}` },
        'user { id }',
      );
      return user.id;
    },
  },
  arguments: {
    createUser: ({ fresh }) => ({ input: { email: `${fresh()}@example.com` } }),
    grantUserScopes: () => ({ input: { scopes: ['content:read'] } }),
    revokeUserScopes: () => ({ input: { scopes: ['content:read'] } }),
  },
};
