import { expect, it } from 'vitest';
import { outsideOnly } from '../../src/lib/outside-address.ts';
import { outsideFetch } from '../../src/lib/outside-fetch.ts';
import { startForeignIssuer } from '../support/foreign-issuer.ts';

const production = outsideOnly({ isNearAllowed: false, allowedHosts: ['keys.internal'] });
const development = outsideOnly({ isNearAllowed: true, allowedHosts: [] });

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'fd00::1',
  'fe80::1',
])('nobody outside makes the gateway ask %s', (address) => {
  expect(production('login.example', address)).toBe(false);
  expect(production('keys.internal', address)).toBe(true);
});

it.each(['8.8.8.8', '::ffff:8.8.8.8', '172.32.0.1', '2606:4700::1111'])('%s is public', (address) => {
  expect(production('login.example', address)).toBe(true);
});

it('a developer reaches what is near, but no credentials of a machine', () => {
  for (const address of ['127.0.0.1', '::1', '192.168.1.1'])
    expect(development('localhost', address)).toBe(true);
  for (const address of ['169.254.169.254', 'fd00:ec2::254', '::ffff:169.254.169.254'])
    expect(development('metadata', address)).toBe(false);
});

it('asks what it looked at, under whatever name, and nothing else', async () => {
  const issuer = await startForeignIssuer();
  try {
    const { port } = new URL(issuer.jwksUri);
    const read = outsideFetch(development);
    expect(await read(`http://localhost:${port}/keys`)).toEqual({ keys: [] });
    const refused = outsideFetch(production);
    for (const host of [
      'localhost',
      '127.0.0.1',
      '2130706433',
      '127.1',
      '[::ffff:127.0.0.1]',
      'localhost.',
    ]) {
      await expect(refused(`http://${host}:${port}/keys`)).rejects.toThrow(/must not be reached/);
    }
    expect(issuer.asked).toBe(1);
  } finally {
    await issuer[Symbol.asyncDispose]();
  }
});

it('does not wait for who never ends', async () => {
  const issuer = await startForeignIssuer();
  try {
    issuer.instead = (response) => void response.write('{');
    await expect(outsideFetch(development)(issuer.jwksUri)).rejects.toThrow(/abort|timeout/i);
  } finally {
    await issuer[Symbol.asyncDispose]();
  }
}, 15_000);
