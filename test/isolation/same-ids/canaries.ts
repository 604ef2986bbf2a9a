/** The identifier of a tenant, and what every text of it holds. */
export function canaryOf(index: number): string {
  return `canary${String(index).padStart(3, '0')}q`;
}

const CANARY = /canary\d{3}q/g;

/** What may hide one: global ids and cursors. */
const ENCODED = /[A-Za-z0-9_-]{16,}/g;

/** Canaries of other tenants in a text, encoded ones too. */
export function foreignCanaries(text: string, own: string): string[] {
  const decoded = [...text.matchAll(ENCODED)].map(([token]) =>
    Buffer.from(token, 'base64url').toString('latin1'),
  );
  return [text, ...decoded].flatMap((one) => one.match(CANARY) ?? []).filter((canary) => canary !== own);
}
