import { CLI_CLIENT_ID } from '../auth/access-token.ts';
import { TENANT_SCOPES } from '../auth/scopes.ts';
import type { ControlDatabase } from './control-database.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** How long the token in GraphiQL's header pane and in the curl line of `npm start` lives, in milliseconds. */
const LIFETIME_MS = 3_600_000;

export interface DevelopmentTokenOptions {
  control: ControlDatabase;
  tokens: TokenIssuer;
  isProduction: boolean;
}

/** A token with every scope of a tenant, for whoever sits at this machine; none in production. */
export function developmentTokens({ control, tokens, isProduction }: DevelopmentTokenOptions) {
  return async (tenant: string): Promise<string | undefined> => {
    const record = isProduction ? null : await control.tenants.findOne({ _id: tenant });
    if (record === null) return undefined;
    const request = { subject: CLI_CLIENT_ID, clientId: CLI_CLIENT_ID, lifetimeMs: LIFETIME_MS };
    return (await tokens.forTenant(record, { ...request, scopes: TENANT_SCOPES })).token;
  };
}
