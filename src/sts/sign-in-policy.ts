import type { Configuration, interactionPolicy, KoaContextWithOIDC } from 'oidc-provider';
import type { AskedPlace } from '../modules/people.ts';
import type { Account } from '../modules/sign-in.ts';
import { isValidFor } from './account-validity.ts';

/**
 * When somebody has to sign in or to consent: as the library has it, and whenever the account that is signed in is gone,
 * had what was issued to it made void, or belongs to another application tenant than the one that is asked for. A browser has one session per tenant.
 */
export function signInPolicy(
  { base, Check }: Pick<typeof interactionPolicy, 'base' | 'Check'>,
  isWelcome: (account: Account, asked: AskedPlace) => Promise<boolean>,
): NonNullable<NonNullable<Configuration['interactions']>['policy']> {
  const policy = base();
  const check = async ({ oidc }: KoaContextWithOIDC): Promise<boolean> => {
    if (oidc.session?.accountId === undefined) return Check.NO_NEED_TO_PROMPT;
    const account = oidc.account as unknown as Account | undefined;
    const { app_tenant: applicationTenant } = oidc.params ?? {};
    const asked = {
      clientId: oidc.client?.clientId ?? '',
      applicationTenant: typeof applicationTenant === 'string' ? applicationTenant : undefined,
    };
    const isFine =
      account !== undefined &&
      isValidFor(account, { authTime: oidc.session.loginTs }) &&
      (await isWelcome(account, asked));
    return isFine ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
  };
  policy
    .get('login')
    ?.checks.add(new Check('elsewhere', 'somebody else is signed in', 'login_required', check));
  return policy;
}
