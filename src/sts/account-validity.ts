import { isIssuedSince } from '../auth/issued-since.ts';
import type { Account } from '../modules/sign-in.ts';

/** What an account is asked for with: a code or refresh token, or a token for the userinfo endpoint. In seconds. */
interface Issued {
  /** When the person signed in; `iat` of a refresh token is new with each rotation. */
  authTime?: number | undefined;
  iat?: number | undefined;
}

/** Whether something that was issued to an account, or a sign-in, is young enough to count. */
export function isValidFor({ since }: Pick<Account, 'since'>, issued: Issued | undefined): boolean {
  const seconds = issued?.authTime ?? issued?.iat;
  return (
    since === undefined || seconds === undefined || isIssuedSince({ issuedAtMs: seconds * 1_000 }, since)
  );
}
