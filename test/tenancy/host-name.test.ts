import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantDirectory } from '../../src/tenancy/directory.ts';
import { hostNameOf } from '../../src/tenancy/host-name.ts';
import { hostSource } from '../../src/tenancy/sources/host.ts';
import type { Tenant } from '../../src/tenancy/tenant.ts';
import { registerBoth, startGateway, type TestGateway } from '../support/gateway.ts';
import { speak } from '../support/raw-socket.ts';

const TARGET = '/graphql?query=%7Btenant%7Bidentifier%7D%7D';

let gateway: TestGateway;
let proxied: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await registerBoth(gateway);
  const { controlDatabase } = gateway.config.mongo;
  proxied = await startGateway({ CONTROL_DATABASE: controlDatabase, TRUST_PROXY: '1' });
});

afterAll(async () => {
  proxied.server.close();
  await proxied.app[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

/** The tenant a request lands in, or the code of its refusal. */
async function landing(
  headers: string[],
  { port, target = TARGET }: { port: number; target?: string },
): Promise<string> {
  const { body } = await speak(
    port,
    [`GET ${target} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n'),
  );
  const { data, errors } = JSON.parse(body) as {
    data?: { tenant: { identifier: string } };
    errors?: { extensions: { code: string } }[];
  };
  return errors?.[0]?.extensions.code ?? data?.tenant.identifier ?? '';
}

describe('a Host header', () => {
  it.each([
    ['acme.gateway.test'],
    ['acme.gateway.test:4000'],
    ['ACME.Gateway.TEST'],
    ['acme.gateway.test.'],
    ['Acme.gateway.test.:80'],
    ['  acme.gateway.test  '],
  ])('%j is the tenant', async (host) => {
    expect(await landing([`Host: ${host}`], gateway)).toBe('acme');
  });

  it.each([
    // Nobody's: outside hosts, the base domain, addresses.
    ['gateway.test', 'TENANT_REQUIRED'],
    ['GATEWAY.TEST.:8080', 'TENANT_REQUIRED'],
    ['', 'TENANT_REQUIRED'],
    ['acme', 'TENANT_REQUIRED'],
    ['acme.gateway.test.evil.com', 'TENANT_REQUIRED'],
    ['acme.gateway.testing', 'TENANT_REQUIRED'],
    ['acmegateway.test', 'TENANT_REQUIRED'],
    ['127.0.0.1', 'TENANT_REQUIRED'],
    ['127.0.0.1.', 'TENANT_REQUIRED'],
    ['0x7f.1', 'TENANT_REQUIRED'],
    ['2130706433', 'TENANT_REQUIRED'],
    ['[::1]', 'TENANT_REQUIRED'],
    ['[::ffff:127.0.0.1]:4000', 'TENANT_REQUIRED'],
    ['::1', 'TENANT_REQUIRED'],
    ['xn--acme-gateway.test', 'TENANT_REQUIRED'],
    // Below the base domain, yet no tenant's.
    ['acme.gateway.test..', 'TENANT_NOT_FOUND'],
    ['acme..gateway.test', 'TENANT_NOT_FOUND'],
    ['.gateway.test', 'TENANT_NOT_FOUND'],
    ['.acme.gateway.test', 'TENANT_NOT_FOUND'],
    ['evil.acme.gateway.test', 'TENANT_NOT_FOUND'],
    ['www.gateway.test', 'TENANT_NOT_FOUND'],
    ['a_cme.gateway.test', 'TENANT_NOT_FOUND'],
    ['_acme.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme_.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme-.gateway.test', 'TENANT_NOT_FOUND'],
    ['-acme.gateway.test', 'TENANT_NOT_FOUND'],
    ['xn--acme-8ya.gateway.test', 'TENANT_NOT_FOUND'],
    ['%61cme.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme%2egateway.test.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme%00.gateway.test', 'TENANT_NOT_FOUND'],
    ['globex@acme.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme.gateway.test@globex.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme gateway.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme.gateway.test, globex.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme.gateway.test globex.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme.gateway.test/globex.gateway.test', 'TENANT_NOT_FOUND'],
    ['http://acme.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme.gateway.test:80:80', 'TENANT_NOT_FOUND'],
    ['acme.gateway.test:', 'TENANT_NOT_FOUND'],
    ['acme.gateway.test:port', 'TENANT_NOT_FOUND'],
    ['acme.gateway.test:123456', 'TENANT_NOT_FOUND'],
    ['acme\u00ad.gateway.test', 'TENANT_NOT_FOUND'],
    ['\u00e0cme.gateway.test', 'TENANT_NOT_FOUND'],
    ['{acme}.gateway.test', 'TENANT_NOT_FOUND'],
    ['acme\\.gateway.test', 'TENANT_NOT_FOUND'],
    [`${'a'.repeat(64)}.gateway.test`, 'TENANT_NOT_FOUND'],
    [`acme.${'a.'.repeat(130)}gateway.test`, 'TENANT_NOT_FOUND'],
  ])('%j is nobody: %s', async (host, code) => {
    expect(await landing([`Host: ${host}`], gateway)).toBe(code);
  });

  it('in other scripts, sent as UTF-8, is nobody', async () => {
    for (const host of [
      'аcme.gateway.test',
      'ａｃｍｅ.gateway.test',
      'acme。gateway。test',
      'acme.gateway.test․',
    ]) {
      const bytes = Buffer.from(host).toString('latin1');
      expect(await landing([`Host: ${bytes}`], gateway), host).toMatch(/^TENANT_(REQUIRED|NOT_FOUND)$/);
    }
  });

  it.each([
    [['Host: acme.gateway.test', 'Host: globex.gateway.test']],
    [['Host: acme.gateway.test', 'Host: acme.gateway.test']],
    [['Host: gateway.test', 'hOST: acme.gateway.test']],
    [[]],
  ])('that is not exactly one is refused: %j', async (headers) => {
    expect(await landing(headers, gateway)).toBe('BAD_USER_INPUT');
  });

  it('broken over lines or in its name never reaches a tenant', async () => {
    for (const head of [
      'Host: acme\r\n .gateway.test',
      'Host : acme.gateway.test',
      'Host\t: acme.gateway.test',
      'Host: ac\0me.gateway.test',
    ]) {
      const { status, body } = await speak(
        gateway.port,
        `GET ${TARGET} HTTP/1.1\r\n${head}\r\nConnection: close\r\n\r\n`,
      );
      expect(status, head).toBe(400);
      expect(JSON.parse(body), head).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    }
  });
});

describe('a request target in absolute form', () => {
  it('does not choose a tenant against the Host header', async () => {
    const host = ['Host: globex.gateway.test'];
    for (const authority of ['acme.gateway.test', 'globex.gateway.test', 'acme@globex.gateway.test']) {
      const target = `http://${authority}${TARGET}`;
      expect(await landing(host, { port: gateway.port, target }), target).toBe('NOT_FOUND');
    }
    expect(await landing(host, { port: gateway.port, target: `//acme.gateway.test${TARGET}` })).toBe(
      'NOT_FOUND',
    );
  });
});

describe('a URL prefix', () => {
  it.each([
    '%61cme',
    'ACME',
    'acme.',
    'acme%20',
    'acme%00',
    'acme;x',
    '..',
    'acme%2fgraphql',
    '%D0%B0cme',
    '{acme}',
    'acme@globex',
    '__proto__',
    'constructor',
  ])('%j is nobody', async (prefix) => {
    const target = `/t/${prefix}${TARGET}`;
    expect(await landing(['Host: gateway.test'], { port: gateway.port, target })).toBe('TENANT_NOT_FOUND');
  });

  it.each([
    '/t//graphql',
    '/t/acme//graphql',
    '/t/acme/graphql/',
    '//t/acme/graphql',
    '/T/acme/graphql',
    '/t/acme/x/graphql',
    '/t/acme/../globex/graphql',
  ])('in the path %j is no address', async (target) => {
    expect(await landing(['Host: gateway.test'], { port: gateway.port, target })).toBe('NOT_FOUND');
  });
});

describe('X-Forwarded-Host', () => {
  it('does not count without a trusted proxy', async () => {
    expect(await landing(['Host: acme.gateway.test', 'X-Forwarded-Host: globex.gateway.test'], gateway)).toBe(
      'acme',
    );
    expect(await landing(['Host: gateway.test', 'X-Forwarded-Host: globex.gateway.test'], gateway)).toBe(
      'TENANT_REQUIRED',
    );
    expect(await landing(['Host: acme.gateway.test', 'Forwarded: host=globex.gateway.test'], gateway)).toBe(
      'acme',
    );
  });

  it.each([
    [['Host: inner', 'X-Forwarded-Host: acme.gateway.test'], 'acme'],
    [['Host: globex.gateway.test', 'X-Forwarded-Host: Acme.gateway.test.:443'], 'acme'],
    [['Host: acme.gateway.test'], 'acme'],
    [['Host: acme.gateway.test', 'X-Forwarded-Host:'], 'acme'],
    // What the caller sent comes first; the proxy's own entry is the last.
    [['Host: inner', 'X-Forwarded-Host: globex.gateway.test, acme.gateway.test'], 'acme'],
    [['Host: inner', 'X-Forwarded-Host: globex.gateway.test', 'X-Forwarded-Host: acme.gateway.test'], 'acme'],
    [['Host: inner', 'X-Forwarded-Host: evil.acme.gateway.test'], 'TENANT_NOT_FOUND'],
    [['Host: acme.gateway.test', 'X-Forwarded-Host: elsewhere.example'], 'TENANT_REQUIRED'],
    [['Host: acme.gateway.test', 'X-Forwarded-Host: %'], 'TENANT_REQUIRED'],
  ])('behind one proxy: %j lands in %s', async (headers, expected) => {
    expect(await landing(headers, proxied)).toBe(expected);
  });

  it('does not undo the refusal of two Host headers', async () => {
    const headers = [
      'Host: acme.gateway.test',
      'Host: globex.gateway.test',
      'X-Forwarded-Host: acme.gateway.test',
    ];
    expect(await landing(headers, proxied)).toBe('BAD_USER_INPUT');
  });
});

describe('the canonical form of a host', () => {
  // Every name is a tenant here: only the spelling decides what is found.
  const directory = {
    known: (identifier: string) => ({ identifier }) as Tenant,
    byHost: async () => undefined,
  } as unknown as TenantDirectory;
  const find = hostSource({ directory, baseDomain: 'gateway.test', publicHost: 'www.gateway.test' });

  it('folds ASCII only', () => {
    expect(hostNameOf('ACME.Gateway.test')).toBe('acme.gateway.test');
    // KELVIN SIGN and LATIN CAPITAL LETTER I WITH DOT ABOVE have k and i in their lower case.
    expect(hostNameOf('\u212Aiwi.gateway.test')).toBeUndefined();
    expect(hostNameOf('k\u0130wi.gateway.test')).toBeUndefined();
  });

  it('finds a tenant only by its label directly below the base domain', async () => {
    const piece = fc.constantFrom(
      'acme',
      'ACME',
      'globex',
      '.',
      'gateway',
      'test',
      'gateway.test',
      '-',
      '_',
      ':',
      ':80',
      '@',
      '%2e',
      ' ',
      ',',
      '/',
      'é',
      '。',
      '\0',
      '[',
      ']',
      '1',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 8 }),
        fc.constantFrom('', '.gateway.test', '.gateway.test.', '.gateway.test:1'),
        async (pieces, end) => {
          const host = pieces.join('') + end;
          const found = await find(host);
          if (found.kind !== 'tenant') return;
          const { identifier } = found.tenant;
          expect([`${identifier}.gateway.test`]).toContain(
            host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, ''),
          );
          expect(identifier).toMatch(/^[a-z][a-z0-9-]+$/);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
