import { createHash } from 'node:crypto';
import { Html, html } from '../lib/html.ts';
import { type OptionLayers, optionValue } from '../tenancy/option.ts';
import { readableOn } from '../tenancy/readable-on.ts';
import { logoUrl, primaryColor } from '../tenancy/theme.ts';
import { pageStyle } from './page-style.ts';

/** Whose page it is. */
export interface PageOwner {
  name: string;
  /** The theme is read from these. */
  optionLayers: OptionLayers;
}

/** A page as it is sent. */
export interface ThemedPage {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A page for people, in the theme of a tenant or application tenant. It runs no script. */
export function themedPage(
  { name, optionLayers }: PageOwner,
  { title, status = 200, content }: { title: string; status?: number; content: Html },
): ThemedPage {
  const style = styleOf(optionValue(primaryColor, optionLayers));
  const logo = pictureOf(optionValue(logoUrl, optionLayers));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · ${name}</title>
        <link rel="icon" href="data:," />
        ${new Html(`<style>${style.text}</style>`)}
      </head>
      <body>
        <main>
          <p class="owner">${logo && html`<img src="${logo.href}" alt="" height="32" /> `}${name}</p>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html> `;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyOf(style.digest, logo?.origin),
      // To this origin only, where browsers would say of a form that it comes from nowhere with less.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    },
    body: page.markup,
  };
}

/** Nothing from anywhere, but for the logo. Where forms lead is open: browsers hold redirects against it. */
function policyOf(styleDigest: string, logoOrigin: string | undefined): string {
  return [
    "default-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `style-src 'sha256-${styleDigest}'`,
    `img-src data:${logoOrigin === undefined ? '' : ` ${logoOrigin}`}`,
  ].join('; ');
}

/** The logo; undefined for an address whose host cannot stand in a policy. */
function pictureOf(address: string | null): URL | undefined {
  if (address === null || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  return /^[\w.:[\]-]+$/.test(url.host) ? url : undefined;
}

const made = new Map<string, { text: string; digest: string }>();

/** Colours whose style is remembered. */
const MAX_STYLES = 256;

/** The style for a colour, which was checked to be one. */
function styleOf(color: string): { text: string; digest: string } {
  const known = made.get(color);
  if (known !== undefined) return known;
  const text = `:root { --primary: ${color}; --on-primary: ${readableOn(color)} }${pageStyle}`;
  const style = { text, digest: createHash('sha256').update(text).digest('base64') };
  if (made.size >= MAX_STYLES) made.clear();
  made.set(color, style);
  return style;
}
