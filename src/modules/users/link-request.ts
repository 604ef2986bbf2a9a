import { setTimeout as sleep } from 'node:timers/promises';
import { AttemptLimit } from '../../lib/attempt-limit.ts';
import type { Mail } from '../../lib/mailer.ts';
import { networkOf } from '../../lib/network-of.ts';
import { homeOf } from '../../mongo/rows.ts';
import type { Scope } from '../../shell/scope.ts';
import { emailKeyOf } from './user.ts';

/** Links one network may ask for at one tenant, and how many go to one address, within an hour. */
const asked = new AttemptLimit({ count: 20, seconds: 3_600 });
const sent = new AttemptLimit({ count: 5, seconds: 3_600 });

/** How long every answer takes at least, in milliseconds: longer than a write that happens only for who is known. */
const ANSWER_MS = 400;

/**
 * Has a link sent to an address that somebody typed. Who asks is told nothing but that it was asked for, and as late,
 * whether anybody has the address or not: the mail leaves after the answer.
 *
 * @param write - makes the link; undefined when there is nobody to send one to.
 * @returns milliseconds until this network may ask again; undefined when it was not too often.
 */
export async function requestLink(
  scope: Scope,
  { email, address }: { email: string; address: string },
  write: () => Promise<Mail | undefined>,
): Promise<number | undefined> {
  const waitMs = await asked.take(`${scope.tenant.id} ${networkOf(address)}`);
  if (waitMs !== undefined) return waitMs;
  const isFlooded =
    (await sent.take(`${scope.tenant.id} ${homeOf(scope.rows)} ${emailKeyOf(email)}`)) !== undefined;
  const [mail] = await Promise.all([
    isFlooded ? undefined : write(),
    sleep(ANSWER_MS, undefined, { signal: scope.signal }),
  ]);
  if (mail !== undefined) {
    const { log } = scope;
    scope.platform.mailer.send(mail).catch((err: unknown) => log.error({ err }, 'a link could not be sent'));
  }
  return undefined;
}
