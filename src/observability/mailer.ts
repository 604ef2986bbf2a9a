import type { Config } from '../config/config.ts';
import { absentMailer, type Mailer, shownMailer, smtpMailer } from '../lib/mailer.ts';
import type { Logger } from './logger.ts';

/** How mail leaves this process: over SMTP, or into the log of a developer, who wants to follow its links. */
export function mailerOf({ mail: { smtpUrl, from }, isProduction }: Config, log: Logger): Mailer {
  if (smtpUrl !== undefined) return smtpMailer(smtpUrl, from);
  return isProduction ? absentMailer() : shownMailer((mail) => log.info({ mail }, 'mail, not sent'));
}
