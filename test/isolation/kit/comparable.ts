import { decodeGlobalId } from '../../../src/graphql/global-id.ts';
import type { GraphQLReply } from '../../support/request.ts';

/** Headers that differ from one request to the next, whoever asks for what. */
const OF_THE_MOMENT = ['date', 'x-request-id', 'content-length'];

/** What is new in each answer of its kind. */
const RANDOM_KEYS = ['requestId', 'secret', 'prefix', 'cursor', 'startCursor', 'endCursor'];

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;
const MOMENT = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
/** What is drawn to prove something: `…=` and 24 random bytes. */
const PROOF = /=[\w-]{32}\b/g;
const FRESH = /probe\d{7}/g;

/**
 * An answer without what differs between two requests that ask alike: ids and times of what was made, and the value
 * that was asked for. Two answers that differ in it can be told apart.
 */
export function comparable({ status, headers, data, errors }: GraphQLReply, asked: unknown): string {
  const kept = Object.entries(headers)
    .filter(([name]) => !OF_THE_MOMENT.includes(name))
    .map(([name, value]) => [
      name,
      name.startsWith('ratelimit') ? String(value).replace(/\d+/g, '#') : value,
    ]);
  let text = JSON.stringify(
    { status, headers: Object.fromEntries(kept), data, errors },
    (key, value: unknown) => {
      if (typeof value !== 'string') return value;
      if (RANDOM_KEYS.includes(key)) return `<${key}>`;
      const global = decodeGlobalId(value);
      return global === undefined ? value : `<${global.typename}>`;
    },
  );
  for (const said of textsOf(asked)) {
    const slug = said.toLowerCase().replaceAll(' ', '-');
    for (const spelling of [said, said.toLowerCase(), slug]) text = text.replaceAll(spelling, '<asked>');
  }
  return text
    .replace(UUID, '<uuid>')
    .replace(MOMENT, '<moment>')
    .replace(PROOF, '=<proof>')
    .replace(FRESH, '<fresh>');
}

/** The texts in a value, the longest first; too short ones would tear others apart. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.length < 6 ? [] : [JSON.stringify(value).slice(1, -1)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .flatMap(([key, inner]) => [...textsOf(key), ...textsOf(inner)])
    .sort((one, other) => other.length - one.length);
}
