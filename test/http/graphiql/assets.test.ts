import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { graphiqlAssets } from '../../../src/http/graphiql/assets.ts';

describe('the files of the GraphiQL page', () => {
  const assets = graphiqlAssets();

  it('have URLs that hold the hash of their content', async () => {
    const urls = await assets.urls();
    expect(Object.keys(urls)).toHaveLength(6);
    for (const url of Object.values(urls))
      expect(url).toMatch(/^\/_graphiql\/[0-9a-f]{16}\/[a-z.-]+\.(js|css)$/);
    expect(await graphiqlAssets().urls()).toEqual(urls);
  });

  it('are kept by browsers for ever, each under its own type', async () => {
    const urls = await assets.urls();
    const script = await assets.answer(urls.boot, undefined);
    const style = await assets.answer(urls.style, undefined);
    expect(script?.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    });
    expect(style?.headers['content-type']).toBe('text/css; charset=utf-8');
  });

  it('are compressed once in the way the browser prefers', async () => {
    const { graphiql } = await assets.urls();
    const plain = await assets.answer(graphiql, 'br;q=0, identity');
    const gzip = await assets.answer(graphiql, 'gzip, deflate, br;q=0');
    const brotli = await assets.answer(graphiql, 'gzip, deflate, br');
    expect(plain?.headers['content-encoding']).toBeUndefined();
    expect(gzip?.headers['content-encoding']).toBe('gzip');
    expect(brotli?.headers['content-encoding']).toBe('br');
    expect(gunzipSync(gzip?.body ?? '').equals(plain?.body ?? Buffer.alloc(0))).toBe(true);
    expect(brotliDecompressSync(brotli?.body ?? '').equals(plain?.body ?? Buffer.alloc(0))).toBe(true);
    expect((await assets.answer(graphiql, 'br'))?.body).toBe(brotli?.body);
  });

  it('point at no source map', async () => {
    const { graphiql } = await assets.urls();
    expect((await assets.answer(graphiql, undefined))?.body.includes('sourceMappingURL')).toBe(false);
  });

  it('leave every other path alone', async () => {
    const { boot } = await assets.urls();
    const wrong = ['/', '/graphql', '/_graphiql/', '/_graphiql/0000000000000000/boot.js', `${boot}/`];
    wrong.push('/_graphiql/../package.json', boot.replace('boot.js', '..%2fpackage.json'));
    for (const path of wrong) expect(await assets.answer(path, 'br'), path).toBeUndefined();
  });
});
