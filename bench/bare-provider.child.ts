import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { drain, listen } from '../src/http/listen.ts';
import { answerCalls } from './calls.ts';

// The least an identity provider for one tenant can be: everything in memory, one client, one key, one API.
const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const audience = 'http://bare.test/graphql';
const provider = new Provider('http://bare.test', {
  jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', alg: 'ES256', use: 'sig' }] },
  clients: [
    {
      client_id: 'bare',
      client_secret: process.env['BENCH_SECRET'] ?? '',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    },
  ],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  scopes: ['openid'],
  ttl: { AccessToken: 3_600, ClientCredentials: 3_600 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'tenant:read',
        audience,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256', kid: 'one' } },
      }),
    },
  },
});
const handle = provider.callback();
const server = createServer((request, response) => void handle(request, response));
const port = await listen(server, 0, '127.0.0.1');

const calls = { port: () => port };

export type BareProviderCalls = typeof calls;

answerCalls(calls, () => drain(server, 0));
