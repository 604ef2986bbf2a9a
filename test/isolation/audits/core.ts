import type { ModuleAudits } from '../kit/module-audits.ts';

const ISSUER =
  'an issuer and its audience are unique over all tenants: a taken pair must be refused, and the rest names nothing; test/auth/trusted-issuers tries it';
const OWN_ISSUERS = 'answers from the caller’s own list; test/auth/trusted-issuers tries it';

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
    'addTrustedIssuer.input.issuer': ISSUER,
    'addTrustedIssuer.input.audience': ISSUER,
    'addTrustedIssuer.input.jwksUri': ISSUER,
    'addTrustedIssuer.input.algorithms': ISSUER,
    'addTrustedIssuer.input.claims.tenant': ISSUER,
    'addTrustedIssuer.input.claims.subject': ISSUER,
    'addTrustedIssuer.input.claims.scope': ISSUER,
    'addTrustedIssuer.input.scopes': ISSUER,
    'removeTrustedIssuer.input.issuer': OWN_ISSUERS,
    'removeTrustedIssuer.input.audience': OWN_ISSUERS,
    'verifyTenantHost.input.host':
      'answers from the caller’s own claims; test/control-plane/own-hosts tries it',
  },
};
