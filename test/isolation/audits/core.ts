import type { ModuleAudits } from '../kit/module-audits.ts';

export const core: ModuleAudits = {
  module: 'core',
  canaries: {},
  exempt: {
    'enableModule.input.id': 'modules are those of the build, alike in every tenant',
    'disableModule.input.id': 'modules are those of the build, alike in every tenant',
    'renameTenant.input.identifier':
      'identifiers are public and unique over all tenants: a taken one must be refused',
  },
};
