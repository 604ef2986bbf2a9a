import type { ModuleAudits, Owner } from '../kit/module-audits.ts';

const grant = ({ canary }: Owner) => ({
  input: { resource: canary('ApiResource')['id'], scopes: ['orders:read'] },
});

export const clients: ModuleAudits = {
  module: 'clients',
  canaries: {
    async Client({ mutate, marker, index, canary }) {
      const { client } = await mutate<{ client: { id: string } }>(
        'createClient',
        { name: `${marker} shop ${index}`, scopes: ['content:read'] },
        'client { id }',
      );
      const { id } = client;
      // The second resource is granted to nobody, so that it can be deleted.
      const granted = { id, resource: canary('ApiResource')['id'], scopes: ['orders:read'] };
      if (index === 0) await mutate('grantClientScopes', granted, 'client { id }');
      return id;
    },
    async ClientSecret({ mutate, canary }) {
      const { client } = await mutate<{ client: { secrets: { id: string; prefix: string }[] } }>(
        'addClientSecret',
        { id: canary('Client')['id'] },
        'client { secrets { id prefix } }',
      );
      return client.secrets.at(-1) ?? {};
    },
  },
  arguments: { grantClientScopes: grant, revokeClientScopes: grant },
  exempt: {
    'createClient.input.jwks': 'public keys are kept with their client and name nothing',
    'updateClient.input.jwks': 'public keys are kept with their client and name nothing',
  },
};
