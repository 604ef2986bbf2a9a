/** A record of `world-countries` as far as the demo shows it. */
export interface Country {
  name: { common: string; official: string; native: Record<string, { common: string; official: string }> };
  tld: string[];
  cca2: string;
  cca3: string;
  /** '' where ISO 3166 has none. */
  ccn3: string;
  independent: boolean | null;
  unMember: boolean;
  currencies: Record<string, { name: string; symbol: string }>;
  capital: string[];
  region: string;
  /** '' for what lies in none. */
  subregion: string;
  languages: Record<string, string>;
  translations: Record<string, { common: string; official: string }>;
  latlng: [number, number];
  landlocked: boolean;
  /** `cca3` of its neighbours. */
  borders: string[];
  /** In square kilometres; -1: not known. */
  area: number;
  flag: string;
}
