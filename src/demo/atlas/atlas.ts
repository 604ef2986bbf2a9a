import type { ContentToImport, ItemToImport, TypeToImport } from '../../modules/content/import-plan.ts';
import { slugOf } from '../../modules/content/slug.ts';
import type { DemoPlan } from '../demo-plan.ts';
import { readPackageFile } from '../package-file.ts';
import type { Country } from './country.ts';

const LOCALE = 'fr';

/** Share-alike data: its source and licence must be named wherever it is shown (ODbL 1.0, section 4.3). */
const COUNTRY: TypeToImport = {
  name: 'Country',
  description:
    'Countries and territories of ISO 3166-1. Contains information from "World countries" by Mohammed Le Doze ' +
    '(https://github.com/mledoze/countries), which is made available under the Open Database License ' +
    '(ODbL 1.0, https://opendatacommons.org/licenses/odbl/1.0/).',
  fields: [
    { name: 'commonName', kind: 'TEXT', isRequired: true },
    { name: 'officialName', kind: 'TEXT', isRequired: true },
    { name: 'cca2', kind: 'TEXT', isRequired: true, maxLength: 2 },
    { name: 'cca3', kind: 'TEXT', isRequired: true, maxLength: 3 },
    { name: 'numericCode', kind: 'TEXT', maxLength: 3 },
    {
      name: 'region',
      kind: 'ENUMERATION',
      isRequired: true,
      options: ['Africa', 'Americas', 'Antarctic', 'Asia', 'Europe', 'Oceania'],
    },
    { name: 'subregion', kind: 'TEXT' },
    { name: 'capitals', kind: 'LIST', of: 'TEXT' },
    { name: 'areaKm2', kind: 'NUMBER' },
    { name: 'latitude', kind: 'NUMBER', isRequired: true },
    { name: 'longitude', kind: 'NUMBER', isRequired: true },
    { name: 'isIndependent', kind: 'BOOLEAN' },
    { name: 'isLandlocked', kind: 'BOOLEAN', isRequired: true },
    { name: 'isUnMember', kind: 'BOOLEAN', isRequired: true },
    { name: 'flag', kind: 'TEXT' },
    { name: 'topLevelDomains', kind: 'LIST', of: 'TEXT' },
    { name: 'languages', kind: 'LIST', of: 'TEXT' },
    { name: 'currencies', kind: 'JSON' },
    { name: 'translations', kind: 'JSON' },
    { name: 'neighbours', kind: 'LIST', of: 'REFERENCE', referenceTo: 'Country' },
  ],
};

/** A French-speaking publisher of an atlas: content only, its own theme, locale and time zone, nothing public. */
export const atlas: DemoPlan = {
  identifier: 'atlas',
  name: 'Atlas du monde',
  modules: ['content'],
  settings: new Map<string, unknown>([
    ['theme.primaryColor', '#9a3412'],
    ['theme.accentColor', '#166534'],
    ['locale', LOCALE],
    ['timezone', 'Europe/Paris'],
  ]),
  mainType: COUNTRY.name,
  async load(): Promise<ContentToImport> {
    const countries = (await readPackageFile('world-countries/countries.json')) as readonly Country[];
    const slugs = new Map(
      countries.map(({ cca3, name }) => [cca3, slugOf(name.common) ?? cca3.toLowerCase()]),
    );
    return { types: [COUNTRY], items: countries.map((country) => itemOf(country, slugs)) };
  },
};

function itemOf(country: Country, slugs: ReadonlyMap<string, string>): ItemToImport {
  const [latitude, longitude] = country.latlng;
  return {
    type: COUNTRY.name,
    slug: slugs.get(country.cca3) ?? country.cca3.toLowerCase(),
    locale: LOCALE,
    title: country.translations['fra']?.common ?? country.name.common,
    data: {
      commonName: country.name.common,
      officialName: country.name.official,
      cca2: country.cca2,
      cca3: country.cca3,
      numericCode: country.ccn3 || null,
      region: country.region,
      subregion: country.subregion || null,
      capitals: country.capital,
      areaKm2: country.area < 0 ? null : country.area,
      latitude,
      longitude,
      isIndependent: country.independent,
      isLandlocked: country.landlocked,
      isUnMember: country.unMember,
      flag: country.flag,
      topLevelDomains: country.tld,
      languages: Object.values(country.languages),
      currencies: country.currencies,
      translations: country.translations,
      neighbours: country.borders.flatMap((cca3) => slugs.get(cca3) ?? []),
    },
  };
}
