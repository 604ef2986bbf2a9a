import { errors, importJWK, jwtVerify, type JWTPayload } from 'jose';
import type { PublicKey } from '../tenancy/public-keys.ts';
import { invalidToken } from './unauthenticated.ts';

/** Asymmetric only; `none` and HS* would let anyone who knows the public key sign. */
export const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

/** How far clocks may be apart, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** Header members that carry or point to a key, or demand an extension. Keys come from the directory alone. */
export const FORBIDDEN_HEADERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit'];

/** What a token must be besides well signed. */
export interface Expected {
  issuer: string;
  /** Absent: whatever it is for, which is for callers to whom a token is no credential. */
  audience: string | undefined;
  keys: readonly PublicKey[];
}

/**
 * Checks signature, algorithm, type, issuer, audience and times of an own access token.
 *
 * @throws {CodedError} UNAUTHENTICATED
 */
export async function verifyJwt(token: string, expected: Expected): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(
      token,
      (header) => {
        const forbidden = FORBIDDEN_HEADERS.find((name) => name in header);
        if (forbidden !== undefined) throw new errors.JWSInvalid(`header ${forbidden} is refused`);
        const key = expected.keys.find(({ kid, alg }) => kid === header.kid && alg === header.alg);
        if (key === undefined) throw new errors.JWKSNoMatchingKey();
        return importJWK(key.jwk, key.alg);
      },
      {
        algorithms: [...ALGORITHMS],
        issuer: expected.issuer,
        ...(expected.audience === undefined ? {} : { audience: expected.audience }),
        typ: 'at+jwt',
        requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      },
    );
    return payload;
  } catch (error) {
    throw invalidToken(error);
  }
}
