export interface Mail {
  to: string;
  subject: string;
  /** Plain text. */
  text: string;
}

/** Delivers mail. */
export interface Mailer {
  /** @throws {Error} when it was not taken for delivery. */
  send(mail: Mail): Promise<void>;
}

/** How long a mail server may take to answer each time, in milliseconds. */
const SMTP_TIMEOUT_MS = 5_000;

/**
 * Delivers over SMTP.
 *
 * @param url - `smtp://user:password@host:port` or `smtps://…`; STARTTLS is used where it is offered.
 * @param from - the sender, like `Acme <no-reply@acme.example>`.
 */
export function smtpMailer(url: string, from: string): Mailer {
  const open = async () => {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      url,
      connectionTimeout: SMTP_TIMEOUT_MS,
      greetingTimeout: SMTP_TIMEOUT_MS,
      socketTimeout: SMTP_TIMEOUT_MS,
    });
  };
  let opening: ReturnType<typeof open> | undefined;
  return {
    async send(mail) {
      const transport = await (opening ??= open());
      await transport.sendMail({ from, ...mail });
    },
  };
}

/** For development: shows mail instead of sending it. */
export function shownMailer(show: (mail: Mail) => void): Mailer {
  return {
    send(mail) {
      show(mail);
      return Promise.resolve();
    },
  };
}

/** For a process that was told no way to send mail: each one is a failure. */
export function absentMailer(): Mailer {
  return { send: () => Promise.reject(new Error('SMTP_URL is not set, so no mail can be sent')) };
}
