import { expect, it } from 'vitest';
import { graphiqlAddresses } from '../../src/tenancy/graphiql-addresses.ts';
import type { Tenant } from '../../src/tenancy/tenant.ts';

it('are those of the tenant alone: by prefix, below the base domain, at its own hosts', () => {
  const tenant = {
    issuer: 'https://gw.example:8443/t/old',
    identifier: 'acme',
    aliases: ['old'],
    hosts: ['api.acme.example'],
  };
  const gateway = { publicUrl: 'https://gw.example:8443', baseDomain: 'tenants.example' };
  expect(graphiqlAddresses(tenant as unknown as Tenant, gateway)).toEqual([
    'https://gw.example:8443/t/old/graphql',
    'https://gw.example:8443/t/acme/graphql',
    'https://acme.tenants.example:8443/graphql',
    'https://old.tenants.example:8443/graphql',
    'https://api.acme.example:8443/graphql',
  ]);
});
