import { execute, parse } from 'graphql';
import type { App } from '../../src/app.ts';
import { CLI_CLIENT_ID } from '../../src/auth/access-token.ts';
import { PLATFORM_SCOPES } from '../../src/auth/scopes.ts';
import { type UserError, UserErrors } from '../../src/lib/user-error.ts';
import type { PlatformContext } from '../../src/control-plane/graphql/context.ts';

/**
 * Runs an operation of the platform schema as the operator who sits here: every check of the endpoint applies, and
 * what `--json` prints is what the endpoint answers. Nothing is sent over the network.
 *
 * @throws {UserErrors} when a payload carries any.
 */
export async function operate<T>(app: App, source: string, variables: object = {}): Promise<T> {
  const contextValue: PlatformContext = {
    platform: app.platform,
    operator: { subject: CLI_CLIENT_ID, scopes: new Set(Object.keys(PLATFORM_SCOPES)) },
    address: '',
  };
  const { data, errors } = await execute({
    schema: app.platformSchema,
    document: parse(source),
    variableValues: { ...variables },
    contextValue,
  });
  const [error] = errors ?? [];
  if (error !== undefined) throw error.originalError ?? error;
  for (const payload of Object.values(data ?? {}) as ({ userErrors?: UserError[] } | null)[]) {
    if (payload?.userErrors?.length) throw new UserErrors(payload.userErrors);
  }
  return data as T;
}
