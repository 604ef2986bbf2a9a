import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bootScript } from './browser/boot-script.ts';
import { pageStyle } from './browser/page-style.ts';

/** A file the page loads from this server. */
export interface AssetFile {
  readonly name: string;
  readonly contentType: string;
  read(): Promise<Buffer>;
}

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';

/** Every file of the page. Reading is left to the caller: nothing touches the disk before the first request. */
export const ASSET_FILES = {
  boot: inMemory('boot.js', JAVASCRIPT, bootScript),
  style: inMemory('page.css', CSS, pageStyle),
  react: fromPackage('react', 'umd/react.production.min.js', JAVASCRIPT),
  reactDom: fromPackage('react-dom', 'umd/react-dom.production.min.js', JAVASCRIPT),
  graphiql: fromPackage('graphiql', 'graphiql.min.js', JAVASCRIPT),
  graphiqlStyle: fromPackage('graphiql', 'graphiql.min.css', CSS),
} satisfies Record<string, AssetFile>;

/** The name of one of the page's files. */
export type AssetKey = keyof typeof ASSET_FILES;

function inMemory(name: string, contentType: string, text: string): AssetFile {
  return { name, contentType, read: () => Promise.resolve(Buffer.from(text)) };
}

function fromPackage(packageName: string, path: string, contentType: string): AssetFile {
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    contentType,
    async read() {
      // None of these packages exports its prebuilt files, but each exports its package.json.
      const home = dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
      const text = await readFile(join(home, path), 'utf8');
      // The source maps are not served; a developer tool would ask for them in vain.
      return Buffer.from(text.replace(/\/\/# sourceMappingURL=\S+\s*$/, ''));
    },
  };
}
