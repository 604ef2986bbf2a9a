import { afterAll, beforeAll, expect, it } from 'vitest';
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
