import type { ModuleAudits } from '../kit/module-audits.ts';

export const core: ModuleAudits = {
  module: 'core',
  canaries: {},
  exempt: {
    'enableModule.input.id': 'modules are those of the build, alike in every tenant',
    'disableModule.input.id': 'modules are those of the build, alike in every tenant',
    'renameTenant.input.identifier':
      'identifiers are public and unique over all tenants: a taken one must be refused',
    'addTenantHost.input.host':
      'any tenant may claim any host; test/control-plane/own-hosts tries the wrong side',
    'verifyTenantHost.input.host':
      'answers from the caller’s own claims; test/control-plane/own-hosts tries it',
    'removeTenantHost.input.host':
      'answers from the caller’s own claims; test/control-plane/own-hosts tries it',
  },
};
