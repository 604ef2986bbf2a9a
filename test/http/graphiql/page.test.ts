import { describe, expect, it } from 'vitest';
import { graphiqlPage } from '../../../src/http/graphiql/page.ts';
import type { GraphiqlPageOptions } from '../../../src/http/graphiql/page.ts';

const OPTIONS: GraphiqlPageOptions = {
  title: 'Acme',
  storageNamespace: 'acme-id',
  endpoint: '/t/acme/graphql',
  sampleOperations: [{ name: 'Who am I', query: '{ viewer { subject } }' }],
  isSignInRequired: false,
  assetUrls: {
    boot: '/_graphiql/1/boot.js',
    style: '/_graphiql/2/page.css',
    react: '/_graphiql/3/react.js',
    reactDom: '/_graphiql/4/react-dom.js',
    graphiql: '/_graphiql/5/graphiql.js',
    graphiqlStyle: '/_graphiql/6/graphiql.css',
  },
};

const HOSTILE = `</title></script><script>alert(1)</script><!-- " ' & \u2028`;

function configOf(body: string): unknown {
  const [, json = ''] = /id="page-config">(.*?)<\/script>/s.exec(body) ?? [];
  return JSON.parse(json);
}

describe('the GraphiQL page', () => {
  it('names the tenant in the title and in the top bar', () => {
    const { body } = graphiqlPage(OPTIONS);
    expect(body).toContain('<title>Acme · GraphiQL</title>');
    expect(body).toContain('<h1 class="bar-title">Acme</h1>');
  });

  it('is stored by no cache and framed by nobody', () => {
    const { headers } = graphiqlPage(OPTIONS);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  it('lets nothing run inline and nothing load from another host', () => {
    const directives = graphiqlPage(OPTIONS).headers['content-security-policy']?.split('; ');
    expect(directives).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
      ]),
    );
    expect(directives?.join()).not.toMatch(/unsafe|https?:|\*/);
  });

  it('makes a new nonce for each answer', () => {
    const nonceOf = () =>
      /'nonce-([^']+)'/.exec(graphiqlPage(OPTIONS).headers['content-security-policy'] ?? '');
    expect(nonceOf()?.[1]).not.toBe(nonceOf()?.[1]);
  });

  it('keeps hostile text inside the element it belongs to', () => {
    const page = graphiqlPage({
      ...OPTIONS,
      title: HOSTILE,
      endpoint: HOSTILE,
      storageNamespace: HOSTILE,
      developmentToken: HOSTILE,
      sampleOperations: [{ name: HOSTILE, query: HOSTILE, variables: HOSTILE }],
    });
    expect(page.body).not.toContain('<script>');
    expect(page.body).not.toContain('<!-- ');
    expect(page.body.match(/<\/script>/g)).toHaveLength(2);
    expect(page.body.match(/<\/title>/g)).toHaveLength(1);
    expect(configOf(page.body)).toMatchObject({ title: HOSTILE, developmentToken: HOSTILE });
  });

  it('asks for the editor ahead of time only where it will be shown', () => {
    const isPreloading = (options: Partial<GraphiqlPageOptions>) =>
      graphiqlPage({ ...OPTIONS, ...options }).body.includes('rel="preload"');
    expect(isPreloading({})).toBe(true);
    expect(isPreloading({ isSignInRequired: true })).toBe(false);
    expect(isPreloading({ isSignInRequired: true, developmentToken: 'token' })).toBe(true);
  });
});
