import { z } from 'zod';

/** Keys a client may have: one in use and one that comes next, for a few deployments. */
const MAX_KEYS = 10;

/** base64url without padding, as long as a coordinate or an RSA modulus of 4096 bits gets. */
const number = z.string().regex(/^[A-Za-z0-9_-]{1,700}$/);

const shared = { kid: z.string().min(1).max(200), use: z.literal('sig').optional() };

const publicKey = z.discriminatedUnion(
  'kty',
  [
    z.strictObject({
      ...shared,
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      alg: z.literal('ES256').optional(),
      x: number,
      y: number,
    }),
    z.strictObject({
      ...shared,
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      alg: z.literal('EdDSA').optional(),
      x: number,
    }),
    z.strictObject({
      ...shared,
      kty: z.literal('RSA'),
      alg: z.enum(['RS256', 'PS256']).optional(),
      // 2048 bits at least, which is 342 characters.
      n: z.string().regex(/^[A-Za-z0-9_-]{342,700}$/),
      e: number,
    }),
  ],
  { error: 'must be a public key (RFC 7517) of type EC P-256, OKP Ed25519 or RSA with a kid' },
);

/** The public halves of keys a client signs with. Strict: a private member would be kept where everybody reads it. */
export const publicKeys = z
  .array(publicKey)
  .max(MAX_KEYS, { error: `must have at most ${MAX_KEYS} entries` })
  .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, {
    error: 'must have a kid of its own each',
  });

export type ClientPublicKey = z.infer<typeof publicKey>;
