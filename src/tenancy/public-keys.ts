import type { JWK } from 'jose';

/** The public half of a key of a tenant's identity provider. */
export interface PublicKey {
  kid: string;
  alg: string;
  jwk: JWK;
}

/**
 * The public keys of a tenant, as one text: thousands of tenants are known whose keys nobody asks for, and as objects
 * two keys take 0.6 KiB of each, as a text half of that.
 */
export class PublicKeys {
  /** A line for each key; two tenants' or two states' are alike only when the keys are. */
  readonly text: string;
  readonly #hasNext: boolean;

  /** `keys`: the one that signs first. `next`: signs after the next rotation. */
  constructor(keys: readonly PublicKey[], next?: PublicKey) {
    this.text = [...keys, ...(next === undefined ? [] : [next])].map(lineOf).join('\n');
    this.#hasNext = next !== undefined;
  }

  /** Those whose signatures count, the one that signs first: of the next one too, lest its first tokens come too early. */
  get all(): readonly PublicKey[] {
    return this.text === '' ? [] : this.text.split('\n').map(keyOf);
  }

  get nextKid(): string | undefined {
    return this.#hasNext ? this.all.at(-1)?.kid : undefined;
  }
}

/** Of an elliptic key (RFC 7518 section 6.2.1) what is its own; any other as JSON, which has no line break in it. */
function lineOf({ kid, alg, jwk }: PublicKey): string {
  const { kty, crv, x, y } = jwk;
  const own = [kid, alg, crv, x, y];
  const isPlain = kty === 'EC' && own.every((value) => value !== undefined && /^[\w-]+$/.test(value));
  return isPlain ? own.join(' ') : JSON.stringify({ kid, alg, jwk });
}

function keyOf(line: string): PublicKey {
  if (line.startsWith('{')) return JSON.parse(line) as PublicKey;
  const [kid = '', alg = '', crv, x, y] = line.split(' ');
  return { kid, alg, jwk: { kty: 'EC', crv, x, y, kid, alg, use: 'sig' } as JWK };
}
