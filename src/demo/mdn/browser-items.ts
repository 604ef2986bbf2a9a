import type { ItemToImport } from '../../modules/content/import-plan.ts';
import type { CompatBrowser, CompatData } from './compat-data.ts';

/** Browsers have no locale of their own to differ by: everything here is in the tenant's. */
export function browserItems({ browsers }: CompatData, type: string, locale: string): ItemToImport[] {
  return Object.entries(browsers).map(([key, browser]) => ({
    type,
    slug: browserSlug(key),
    locale,
    title: browser.name,
    data: {
      key,
      platform: browser.type,
      engine: newest(browser)?.engine,
      currentVersion: newest(browser)?.version,
      currentReleaseAt: newest(browser)?.releasedAt,
      previewName: browser.preview_name,
      releaseCount: Object.keys(browser.releases).length,
      acceptsFlags: browser.accepts_flags,
      acceptsWebExtensions: browser.accepts_webextensions,
      basedOn: browser.upstream === undefined ? undefined : browserSlug(browser.upstream),
    },
  }));
}

/** `chrome_android` is a slug already, but a URL reads better with one kind of separator. */
export function browserSlug(key: string): string {
  return key.replaceAll('_', '-');
}

function newest({ releases }: CompatBrowser) {
  const current = Object.entries(releases).findLast(([, { status }]) => status === 'current');
  if (current === undefined) return undefined;
  const [version, { engine, release_date: date }] = current;
  return { version, engine, releasedAt: date === undefined ? undefined : `${date}T00:00:00Z` };
}
