import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, LaunchOptions } from 'playwright-core';

/**
 * Starts a headless Chromium; close it when done.
 *
 * On x86-64 Linux it comes from an npm package, so that a machine without a browser runs these tests too. Elsewhere:
 * the executable that `CHROME_PATH` names, or the machine's Chrome.
 */
export async function launchBrowser(): Promise<Browser> {
  // Containers rarely allow the user namespaces of the sandbox; the pages under test are our own.
  const options: LaunchOptions = { headless: true, args: ['--no-sandbox', '--font-render-hinting=none'] };
  const chromePath = process.env['CHROME_PATH'];
  if (chromePath !== undefined) return chromium.launch({ ...options, executablePath: chromePath });
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return chromium.launch({ ...options, channel: 'chrome' });
  }
  const home = await unpackedChromium();
  return chromium.launch({
    ...options,
    executablePath: join(home, 'chromium'),
    env: { ...definedEnvironment(), FONTCONFIG_FILE: join(home, 'fonts.conf') },
  });
}

/** Unpacks once per machine and version. Test files run side by side: the rename lets exactly one of them win. */
async function unpackedChromium(): Promise<string> {
  const { version } = createRequire(import.meta.url)(packageFile()) as { version: string };
  const home = join(tmpdir(), `tenant-gateway-chromium-${version}`);
  if (existsSync(home)) return home;
  const draft = await mkdtemp(`${home}-`);
  const { default: packaged } = await import('@sparticuz/chromium');
  await withTemporaryDirectory(draft, () => packaged.executablePath());
  await writeFile(join(draft, 'fonts.conf'), fontConfiguration(home));
  try {
    await rename(draft, home);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
  return home;
}

/** The package's own configuration looks for its font in fixed places; without any font no text is drawn at all. */
function fontConfiguration(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${join(home, 'fonts')}</dir>
  <cachedir>${join(home, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}

/** The package exports no package.json; its entry point is three folders below it. */
function packageFile(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  return join(dirname(entry), '../../package.json');
}

/** The package unpacks into `os.tmpdir()` and takes no other place. */
async function withTemporaryDirectory<T>(directory: string, run: () => Promise<T>): Promise<T> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = directory;
  try {
    return await run();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

function definedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
