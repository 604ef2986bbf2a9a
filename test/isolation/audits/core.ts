import type { ModuleAudits } from '../kit/module-audits.ts';

export const core: ModuleAudits = {
  module: 'core',
  canaries: {
    async TenantHost({ mutate, marker, index }) {
      const host = `${marker}-${index}.example`;
      await mutate('addTenantHost', { host }, 'tenantHost { host }');
      return { host };
    },
  },
  values: {
    'removeTenantHost.input.host': ({ canary }) => canary('TenantHost')['host'],
  },
  exempt: {
    'enableModule.input.id': 'modules are those of the build, alike in every tenant',
    'disableModule.input.id': 'modules are those of the build, alike in every tenant',
    'renameTenant.input.identifier':
      'identifiers are public and unique over all tenants: a taken one must be refused',
    'verifyTenantHost.input.host':
      'answers from the caller’s own claims; test/control-plane/own-hosts tries it',
  },
};
