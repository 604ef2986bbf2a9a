import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type PublicKey, PublicKeys } from '../../src/tenancy/public-keys.ts';

function elliptic(kid: string): PublicKey {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { crv, x, y } = publicKey.export({ format: 'jwk' });
  return {
    kid,
    alg: 'ES256',
    jwk: { kty: 'EC', crv, x, y, kid, alg: 'ES256', use: 'sig' } as PublicKey['jwk'],
  };
}

function edwards(kid: string): PublicKey {
  const { publicKey } = generateKeyPairSync('ed25519');
  return { kid, alg: 'EdDSA', jwk: { ...publicKey.export({ format: 'jwk' }), kid } as PublicKey['jwk'] };
}

describe('the public keys of a tenant', () => {
  it('come back as they went in, of whatever kind, the next one last', () => {
    const given = [elliptic('one'), edwards('two'), elliptic('a kid with spaces\nand a break')];
    const next = elliptic('next');
    const keys = new PublicKeys(given, next);
    expect(keys.all).toEqual([...given, next]);
    expect(keys.nextKid).toBe('next');
    expect(new PublicKeys(given).nextKid).toBeUndefined();
    expect(new PublicKeys([]).all).toEqual([]);
  });

  it('are alike as a text only when all of them are', () => {
    const [one, two] = [elliptic('one'), elliptic('one')];
    expect(new PublicKeys([one]).text).toBe(new PublicKeys([one]).text);
    expect(new PublicKeys([one]).text).not.toBe(new PublicKeys([two]).text);
    expect(new PublicKeys([one], two).text).not.toBe(new PublicKeys([two], one).text);
  });
});
