import type { StsRequest } from './hand-over.ts';

/** The longest form of a page, in bytes; more is nobody's typing. */
const MAX_FORM_BYTES = 16_384;

/**
 * The fields of a form that was sent from a page of this origin; undefined for one from elsewhere. Browsers say so
 * themselves (Fetch Metadata), older ones by the origin alone; who says neither is not taken for one.
 */
export function ownForm(request: StsRequest, issuer: URL): URLSearchParams | undefined {
  const { method, body, headers } = request;
  if (method !== 'POST') return new URLSearchParams();
  const site = headers['sec-fetch-site'];
  const isOwn =
    site === undefined ? isOwnOrigin(headers.origin, headers.host, issuer) : site === 'same-origin';
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (!isOwn || !isForm || (body?.length ?? 0) > MAX_FORM_BYTES) return undefined;
  return new URLSearchParams(body?.toString() ?? '');
}

function isOwnOrigin(origin: string | undefined, host: string | undefined, issuer: URL): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  return origin === issuer.origin || new URL(origin).host === host;
}
