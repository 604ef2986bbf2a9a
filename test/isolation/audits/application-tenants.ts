import type { ModuleAudits } from '../kit/module-audits.ts';

export const applicationTenants: ModuleAudits = {
  module: 'application-tenants',
  canaries: {
    async ApplicationTenant({ mutate, marker, index, canary }) {
      const { id: shared } = canary('Client');
      await mutate('updateClient', { id: shared, isMultiTenant: true }, 'client { id }');
      // The second client stays free of application tenants, so that it can be deleted.
      const { client } = await mutate<{ client: { id: string } }>(
        'createClient',
        { name: `${marker} own ${index}`, isMultiTenant: true },
        'client { id }',
      );
      const application = index === 0 ? shared : client.id;
      const { applicationTenant } = await mutate<{ applicationTenant: { id: string } }>(
        'createApplicationTenant',
        { application, identifier: `${marker}-shop-${index}`, name: `${marker} shop ${index}` },
        'applicationTenant { id }',
      );
      await mutate(
        'createUser',
        { email: `${marker}-customer-${index}@example.com`, applicationTenant: applicationTenant.id },
        'user { id }',
      );
      return applicationTenant.id;
    },
  },
  values: {
    'createApplicationTenant.input.application': ({ canary }) => canary('Client')['id'],
    'applicationTenants.filter.application': ({ canary }) => canary('Client')['id'],
  },
  arguments: {
    createApplicationTenant: ({ fresh, canary }) => ({
      input: { application: canary('Client')['id'], identifier: fresh(), name: fresh() },
    }),
  },
};
