import { z } from 'zod';

/** What a setting may be. Each form says so by itself when a value is refused, and never repeats the value. */
export function oneOf<const V extends readonly [string, ...string[]]>(...values: V) {
  const error = `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
  return z.enum(values, { error });
}

export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `, ${minimum} or more` : ` from ${minimum} to ${maximum}`;
  const error = `must be a whole number${range}`;
  return z.coerce.number({ error }).int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** `form`: said after "must be". */
export function text(pattern: RegExp, form: string) {
  return z.string().regex(pattern, { error: `must be ${form}` });
}

const HTTP_URL = { error: 'must be an http or https address without a path' };

export const httpUrl = z
  .url({ protocol: /^https?$/, hostname: /.*/, ...HTTP_URL })
  .transform((url) => url.replace(/\/+$/, ''))
  // Nothing is served below a path of its own.
  .refine((url) => new URL(url).origin === url, HTTP_URL);

const KEY_32 = { error: 'must be 32 bytes in base64' };

export const key32 = z
  .base64(KEY_32)
  .refine((encoded) => Buffer.from(encoded, 'base64').length === 32, KEY_32);

const CLAIM_NAME = {
  error: 'must be 1 to 100 letters, digits or any of _ : / . - and no claim that tokens have already',
};

/** A claim that is not taken: what our own tokens say under these names (RFC 9068) would be lost. */
export const claimName = z
  .string()
  .regex(/^[A-Za-z0-9_:/.-]{1,100}$/, CLAIM_NAME)
  .refine(
    (name) =>
      !['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scope', 'app_tenant'].includes(name),
    CLAIM_NAME,
  );

/** Hosts separated by commas. */
export const hosts = text(/^[A-Za-z0-9.:[\], _-]*$/, 'host names or addresses, separated by commas');
