import { afterAll, beforeAll, it } from 'vitest';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';
import { openScope } from '../../src/shell/scope.ts';
import { tenantOf } from '../../src/control-plane/tenant-record.ts';
import { importContent } from '../../src/modules/content/import-content.ts';
import { createLogger } from '../../src/observability/logger.ts';

let gateway: TestGateway; let acme: TestTenant; let token: string;
beforeAll(async () => {
  gateway = await startGateway({});
  ({ acme } = await registerBoth(gateway));
  token = await acme.token();
});
afterAll(() => gateway[Symbol.asyncDispose]());
const ask = (query: string, variables: object = {}, t: string | undefined = token) =>
  graphql({ port: gateway.port, path: '/t/acme/graphql', token: t, query, variables });

it('fan out', async () => {
  const tenant = tenantOf(acme.record);
  const scope = await openScope(gateway.app.shells.lease(tenant), { tenant, principal: { kind: 'client', subject: 'x', clientId: 'x', scopes: new Set(['content:write','content:read']), issuedAtMs: 0 }, abort: new AbortController(), log: createLogger('silent'), registration: gateway.app.bindRegistration(tenant), platform: { publicUrl: '', baseDomain: '' } });
  const slugs = Array.from({ length: 100 }, (_, i) => `s${i}`);
  await importContent(scope, { types: [{ name: 'Node', fields: [{ name: 'to', kind: 'LIST', of: 'REFERENCE', referenceTo: 'Node' }] }], items: slugs.map((slug) => ({ type: 'Node', slug, title: slug, data: { to: slugs } })) });
  scope.release();
  for (const depth of [1, 2, 3]) {
    let q = 'id';
    for (let i = 0; i < depth; i++) q = `references { items { ${q} } }`;
    const t = performance.now();
    const r = await ask(`{ contentItems(first: 1) { nodes { ${q} } } }`).catch((e: unknown) => ({ status: String(e), errors: undefined, data: undefined }));
    console.log('depth', depth, r.status, Math.round(performance.now() - t), 'ms', Math.round(process.memoryUsage().rss / 1e6), 'MB', JSON.stringify(r.errors?.[0]?.extensions), r.errors?.length);
  }
}, 120_000);
it('fat pages', async () => {
  const tenant = tenantOf(acme.record);
  const scope = await openScope(gateway.app.shells.lease(tenant), { tenant, principal: { kind: 'client', subject: 'x', clientId: 'x', scopes: new Set(['content:write','content:read']), issuedAtMs: 0 }, abort: new AbortController(), log: createLogger('silent'), registration: gateway.app.bindRegistration(tenant), platform: { publicUrl: '', baseDomain: '' } });
  await importContent(scope, { types: [{ name: 'Fat', fields: [{ name: 'text', kind: 'RICH_TEXT' }] }], items: Array.from({ length: 100 }, (_, i) => ({ type: 'Fat', slug: `f${i}`, title: `f${i}`, data: { text: 'x'.repeat(190_000) } })) });
  scope.release();
  for (const n of [1, 10, 20, 45]) {
    const q = Array.from({ length: n }, (_, i) => `a${i}: contentItems(first: 100, filter: { type: "Fat" }) { nodes { id } }`).join(' ');
    const t = performance.now();
    const r = await ask(`{ ${q} }`).catch((e: unknown) => ({ status: String(e), errors: undefined }));
    console.log('aliases', n, r.status, Math.round(performance.now() - t), 'ms', Math.round(process.memoryUsage().rss / 1e6), 'MB', JSON.stringify(r.errors?.[0]?.extensions));
  }
}, 120_000);
