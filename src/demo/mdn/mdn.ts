import type { ContentToImport, TypeToImport } from '../../modules/content/import-plan.ts';
import type { DemoPlan } from '../demo-plan.ts';
import { readPackageFile } from '../package-file.ts';
import { browserItems } from './browser-items.ts';
import type { CompatData } from './compat-data.ts';
import { AREAS, featureItems } from './feature-items.ts';

const LOCALE = 'en-US';

const SOURCE = 'Browser compatibility data by MDN (https://github.com/mdn/browser-compat-data), CC0 1.0.';

const BROWSER: TypeToImport = {
  name: 'Browser',
  description: `A browser or a server-side runtime. ${SOURCE}`,
  fields: [
    { name: 'key', kind: 'TEXT', isRequired: true },
    {
      name: 'platform',
      kind: 'ENUMERATION',
      isRequired: true,
      options: ['desktop', 'mobile', 'server', 'xr'],
    },
    { name: 'engine', kind: 'TEXT' },
    { name: 'currentVersion', kind: 'TEXT' },
    { name: 'currentReleaseAt', kind: 'DATE_TIME' },
    { name: 'previewName', kind: 'TEXT' },
    { name: 'releaseCount', kind: 'NUMBER', isRequired: true },
    { name: 'acceptsFlags', kind: 'BOOLEAN', isRequired: true },
    { name: 'acceptsWebExtensions', kind: 'BOOLEAN', isRequired: true },
    { name: 'basedOn', kind: 'REFERENCE', referenceTo: 'Browser' },
  ],
};

const FEATURE: TypeToImport = {
  name: 'BrowserFeature',
  description: `A feature of the web platform and where it works. ${SOURCE}`,
  fields: [
    { name: 'path', kind: 'TEXT', isRequired: true },
    { name: 'area', kind: 'ENUMERATION', isRequired: true, options: Object.keys(AREAS) },
    { name: 'description', kind: 'RICH_TEXT' },
    { name: 'mdnUrl', kind: 'TEXT' },
    { name: 'specUrls', kind: 'LIST', of: 'TEXT' },
    { name: 'isDeprecated', kind: 'BOOLEAN', isRequired: true },
    { name: 'isExperimental', kind: 'BOOLEAN', isRequired: true },
    { name: 'isStandard', kind: 'BOOLEAN', isRequired: true },
    { name: 'tags', kind: 'LIST', of: 'TEXT' },
    { name: 'parent', kind: 'REFERENCE', referenceTo: 'BrowserFeature' },
    { name: 'supportedBy', kind: 'LIST', of: 'REFERENCE', referenceTo: 'Browser' },
    { name: 'support', kind: 'JSON' },
  ],
};

/** Web documentation: every module of a site with an API, much content, readable by everybody. */
export const mdn: DemoPlan = {
  identifier: 'mdn',
  name: 'MDN browser compatibility',
  modules: ['clients', 'content', 'resources'],
  settings: new Map<string, unknown>([
    ['theme.primaryColor', '#1870f0'],
    ['theme.accentColor', '#6c2bd9'],
    ['locale', LOCALE],
    ['options.publicContent', true],
  ]),
  mainType: FEATURE.name,
  resource: {
    name: 'Compatibility API',
    audience: 'https://api.compat.example/',
    scopes: [
      { name: 'compat:query', description: 'Ask where a feature works' },
      { name: 'compat:report', description: 'Report a difference' },
    ],
  },
  client: {
    name: 'Documentation site',
    description: 'Shows compatibility tables below its articles.',
    kind: 'PUBLIC',
    redirectUris: ['https://docs.example/signed-in'],
    scopes: ['content:read'],
  },
  async load(): Promise<ContentToImport> {
    const data = (await readPackageFile('@mdn/browser-compat-data')) as CompatData;
    return {
      types: [BROWSER, FEATURE],
      items: [...browserItems(data, BROWSER.name, LOCALE), ...featureItems(data, FEATURE.name, LOCALE)],
    };
  },
};
