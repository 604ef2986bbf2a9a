import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** An identity provider that is not ours: a server with keys of its own. */
export interface ForeignIssuer extends AsyncDisposable {
  issuer: string;
  jwksUri: string;
  /** What it publishes. */
  keys: JWK[];
  /** How often its keys were asked for. */
  readonly asked: number;
  /** Answers in place of its keys, when set. */
  instead: ((response: ServerResponse) => void) | undefined;
  addKey(kid: string, alg?: string): Promise<void>;
  /** Signs with the key of that name; claims that are undefined are left out. */
  token(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function startForeignIssuer(): Promise<ForeignIssuer> {
  const privateKeys = new Map<string, { alg: string; key: CryptoKey }>();
  let asked = 0;
  const server = createServer((request, response) => {
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: self.issuer, jwks_uri: self.jwksUri }));
      return;
    }
    asked += 1;
    if (self.instead !== undefined) self.instead(response);
    else response.end(JSON.stringify({ keys: self.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const self: ForeignIssuer = {
    issuer,
    jwksUri: `${issuer}/keys`,
    keys: [],
    get asked() {
      return asked;
    },
    instead: undefined,
    async addKey(kid, alg = 'ES256') {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      privateKeys.set(kid, { alg, key: privateKey });
      self.keys.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
    },
    async token(claims, header = {}) {
      const kid = typeof header['kid'] === 'string' ? header['kid'] : (self.keys[0]?.kid ?? '');
      const signing = privateKeys.get(kid);
      if (signing === undefined) throw new Error(`there is no key ${kid}`);
      const now = Math.floor(Date.now() / 1_000);
      const all = { iss: issuer, sub: 'ada', iat: now, exp: now + 300, ...claims };
      return new SignJWT(JSON.parse(JSON.stringify(all)) as Record<string, unknown>)
        .setProtectedHeader({ alg: signing.alg, kid, ...header })
        .sign(signing.key);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}
