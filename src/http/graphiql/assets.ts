import { createHash } from 'node:crypto';
import { ASSET_FILES } from './asset-files.ts';
import type { AssetFile, AssetKey } from './asset-files.ts';
import { chooseEncoding, encodeBody } from './content-encoding.ts';
import type { ContentEncoding } from './content-encoding.ts';

/** Where the page finds its files: root-relative URLs that hold the hash of the content. */
export type GraphiqlAssetUrls = Readonly<Record<AssetKey, string>>;

/** A served file. */
export interface GraphiqlAsset {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** The files of the GraphiQL page, read once, at the first request for any of them. */
export interface GraphiqlAssets {
  urls(): Promise<GraphiqlAssetUrls>;
  /**
   * @param pathname of the request's URL, without the query
   * @param acceptEncoding the request's header
   * @returns undefined when the path is none of these files: answer 404 or pass the request on
   */
  answer(pathname: string, acceptEncoding: string | undefined): Promise<GraphiqlAsset | undefined>;
}

/** Every URL of these files begins with it. */
export const GRAPHIQL_ASSET_PREFIX = '/_graphiql/';

interface LoadedFile {
  readonly contentType: string;
  /** At most one entry per encoding, so the memory held is bounded by the fixed list of files. */
  readonly bodies: Map<ContentEncoding, Promise<Buffer>>;
}

interface LoadedFiles {
  readonly urls: GraphiqlAssetUrls;
  readonly byPath: ReadonlyMap<string, LoadedFile>;
}

/**
 * @example
 * const assets = graphiqlAssets();
 * const asset = await assets.answer(url.pathname, request.headers['accept-encoding']);
 * if (asset !== undefined) response.writeHead(200, asset.headers).end(asset.body);
 */
export function graphiqlAssets(): GraphiqlAssets {
  let loading: Promise<LoadedFiles> | undefined;
  const loaded = (): Promise<LoadedFiles> => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined; // a failed read is tried again by the next request
      throw error;
    });
    return loading;
  };
  return {
    async urls() {
      return (await loaded()).urls;
    },
    async answer(pathname, acceptEncoding) {
      if (!pathname.startsWith(GRAPHIQL_ASSET_PREFIX)) return undefined;
      const file = (await loaded()).byPath.get(pathname);
      return file && answerWith(file, chooseEncoding(acceptEncoding));
    },
  };
}

async function load(): Promise<LoadedFiles> {
  const byPath = new Map<string, LoadedFile>();
  const entries = Object.entries(ASSET_FILES).map(async ([key, file]: [string, AssetFile]) => {
    const body = await file.read();
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
    const path = `${GRAPHIQL_ASSET_PREFIX}${hash}/${file.name}`;
    byPath.set(path, {
      contentType: file.contentType,
      bodies: new Map([['identity', Promise.resolve(body)]]),
    });
    return [key, path] as const;
  });
  return { urls: Object.fromEntries(await Promise.all(entries)) as GraphiqlAssetUrls, byPath };
}

async function answerWith(file: LoadedFile, encoding: ContentEncoding): Promise<GraphiqlAsset> {
  let body = file.bodies.get(encoding);
  if (body === undefined) {
    body = file.bodies.get('identity')?.then((plain) => encodeBody(plain, encoding));
    if (body === undefined) throw new Error('A GraphiQL asset lost its content');
    file.bodies.set(encoding, body);
  }
  return {
    body: await body,
    headers: {
      'content-type': file.contentType,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      vary: 'accept-encoding',
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    },
  };
}
