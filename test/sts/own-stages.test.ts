import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { register, type RegistrationReply } from '../support/platform.ts';
import { graphql } from '../support/request.ts';
import { atSts, clientCredentials, postForm } from '../support/sts.ts';

type Bootstrap = NonNullable<RegistrationReply['bootstrap']>;

let gateway: TestGateway;
let acme: Bootstrap;
let globex: Bootstrap;

beforeAll(async () => {
  gateway = await startGateway({ BODY_LIMIT_BYTES: '4096' });
  acme = (await register(gateway, { identifier: 'acme', name: 'Acme' })).bootstrap!;
  globex = (await register(gateway, { identifier: 'globex', name: 'Globex' })).bootstrap!;
});
afterAll(() => gateway[Symbol.asyncDispose]());

it('what is answered before an identity provider is asked has the form of its own errors', async () => {
  const unknown = await atSts(gateway, 'nobody', '/oauth/jwks');
  expect([unknown.status, unknown.body]).toMatchObject([
    404,
    { error: 'invalid_request', error_description: expect.any(String) as string, code: 'TENANT_NOT_FOUND' },
  ]);
  const large = await postForm(gateway, '/t/acme/oauth/token', { padding: 'x'.repeat(8_192) }, acme);
  expect([large.status, large.body.error]).toEqual([413, 'invalid_request']);
});

it('keys go on to be published while the database of their tenant cannot be reached, and so does what was asked for before', async () => {
  const DISCOVERY = '/.well-known/openid-configuration';
  const names = ['acme', 'globex'];
  const published = (path: string) => Promise.all(names.map((name) => atSts(gateway, name, path)));
  const bodies = (replies: { status: number; body: unknown }[]) =>
    replies.map(({ status, body }) => [status, body]);
  const [keys, discovery] = [await published('/oauth/jwks'), await published(DISCOVERY)];
  expect(keys[0]!.body.keys[0].kid).not.toBe(keys[1]!.body.keys[0].kid);
  expect(discovery[0]!.body.issuer).toBe('http://gateway.test/t/acme');

  const { control } = gateway.app.platform;
  const record = (await control.tenants.findOne({ names: 'acme' as never }))!;
  const stamps = control.db.client.db(record.placement.database).collection('_tenant');
  const stamp = (await stamps.findOneAndDelete({}))!;
  // Open, its description is there; closed, it is not.
  const leases = vi.spyOn(gateway.app.shells, 'lease');
  expect(bodies(await published(DISCOVERY))).toEqual(bodies(discovery));
  expect(bodies(await published('/oauth/JWKS/'))).toEqual(bodies(keys));
  expect(leases).not.toHaveBeenCalled();
  leases.mockRestore();
  await gateway.app.shells.evict(record._id);
  const [ours, theirs] = await published(DISCOVERY);
  expect([ours!.status, ours!.body.code, theirs!.status]).toEqual([503, 'TENANT_UNAVAILABLE', 200]);
  expect(bodies(await published('/oauth/jwks'))).toEqual(bodies(keys));

  await stamps.insertOne(stamp);
  expect(bodies(await published(DISCOVERY))).toEqual(bodies(discovery));
  expect((await postForm(gateway, '/t/acme/oauth/jwks', {})).status).toBe(404);
});

it('guesses of a secret are counted with the requests of their address, for that tenant alone', async () => {
  const { data } = await graphql({
    port: gateway.port,
    token: acme.accessToken,
    query:
      'mutation { updateSettings(input: { options: { anonymousRequestsPerMinute: 10 } }) { userErrors { code message } } }',
  });
  expect(data?.['updateSettings']).toEqual({ userErrors: [] });
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      clientCredentials(gateway, 'acme', { clientId: acme.clientId, clientSecret: `tgs_${index}` }),
    ),
  );
  const statuses = replies.map(({ status }) => status).sort();
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  const limited = replies.find(({ status }) => status === 429);
  expect(limited?.body).toMatchObject({ error: 'temporarily_unavailable', code: 'RATE_LIMITED' });
  expect(Number(limited?.headers['retry-after'])).toBeGreaterThan(0);
  expect((await clientCredentials(gateway, 'globex', globex)).status).toBe(200);
});
