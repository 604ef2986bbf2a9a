import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { registerBoth, startGateway, type TestGateway } from '../support/gateway.ts';
import { eventually } from '../support/eventually.ts';
import { mutate, setPasswordAt, titleOf } from '../support/people.ts';

interface Delivered {
  from: string;
  to: string[];
  text: string;
}

const delivered: Delivered[] = [];
let server: SMTPServer;
let gateway: TestGateway;

beforeAll(async () => {
  server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      password === 'secret' ? done(null, { user: username }) : done(new Error('wrong password')),
    allowInsecureAuth: true,
    onData(stream, { envelope }, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        delivered.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: smtpPort } = server.server.address() as AddressInfo;
  const port = await freePort();
  gateway = await startGateway({
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    SMTP_URL: `smtp://gateway:secret@127.0.0.1:${smtpPort}`,
    MAIL_FROM: 'Tenant Gateway <no-reply@gateway.example>',
  });
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await new Promise<void>((resolve) => server.close(resolve));
});

it('delivers the links of two tenants over SMTP, each to its own page', async () => {
  const { acme, globex } = await registerBoth(gateway);
  for (const tenant of [acme, globex]) {
    await mutate(gateway, tenant, 'createUser', { email: 'ada@example.com' }, 'user { id }');
  }
  await eventually(() => expect(delivered).toHaveLength(2));
  for (const [index, { record }] of [acme, globex].entries()) {
    const mail = delivered[index]!;
    expect(mail).toMatchObject({ from: 'no-reply@gateway.example', to: ['ada@example.com'] });
    expect(mail.text).toContain(`Subject: ${record.name}: set your password`);
    const plain = mail.text.replaceAll('=\r\n', '').replaceAll('=3D', '=');
    const link = /\S+\/oauth\/password\?token=\S+/.exec(plain)?.[0] ?? '';
    expect(link.startsWith(`${record.issuer}/`)).toBe(true);
    expect(titleOf(await setPasswordAt(gateway, link, 'a password of many words'))).toBe(
      'Your password is set',
    );
  }
  expect(gateway.logs.filter((line) => 'mail' in line)).toEqual([]);
});
