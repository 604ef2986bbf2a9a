import { requireCanonical } from '../auth/canonical-token.ts';
import { scopeSet } from '../auth/scope-set.ts';
import { verifyJwt } from '../auth/verify-jwt.ts';
import type { SecretBox } from '../config/secrets.ts';
import type { ControlDatabase } from './control-database.ts';
import { platformKey } from './platform-keys.ts';

/** An operator, or anyone else who calls the platform schema. */
export interface Operator {
  subject: string;
  scopes: ReadonlySet<string>;
}

/** Verifies operator tokens. They are few, so nothing is cached. */
export function createOperatorAuthentication(options: {
  control: ControlDatabase;
  box: SecretBox;
  publicUrl: string;
}) {
  const { control, box, publicUrl } = options;
  /** @throws {CodedError} UNAUTHENTICATED */
  return async (token: string): Promise<Operator> => {
    requireCanonical(token);
    const { kid, alg, publicJwk } = await platformKey(control, box);
    const payload = await verifyJwt(token, {
      issuer: `${publicUrl}/platform`,
      audience: `${publicUrl}/platform/graphql`,
      keys: [{ kid, alg, jwk: publicJwk }],
    });
    const scope = payload['scope'];
    return {
      subject: payload.sub ?? '',
      scopes: scopeSet(typeof scope === 'string' ? scope : ''),
    };
  };
}

export type AuthenticateOperator = ReturnType<typeof createOperatorAuthentication>;
