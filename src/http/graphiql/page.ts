import { randomBytes } from 'node:crypto';
import type { GraphiqlAssetUrls } from './assets.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { embedJson } from './embed-json.ts';
import { escapeHtml } from '../../lib/escape-html.ts';

/** An operation a newcomer can open and run. */
export interface SampleOperation {
  readonly name: string;
  readonly query: string;
  /** JSON text for the variables pane. */
  readonly variables?: string;
}

/** What the page needs to sign people in at the tenant's identity provider. */
export interface GraphiqlSignIn {
  readonly issuer: string;
  readonly clientId: string;
  /** Addresses codes may come back to. */
  readonly addresses: readonly string[];
  /** Scopes it asks for. */
  readonly scope: string;
}

export interface GraphiqlPageOptions {
  /** Shown in the top bar and in the browser's tab: usually the tenant's name. Any text; it is escaped. */
  readonly title: string;
  /** What is stored in the browser is kept under this name: the tenant's immutable id. */
  readonly storageNamespace: string;
  /** Path of the GraphQL endpoint on this origin. */
  readonly endpoint: string;
  /** The first ones open as tabs; the panel "Sample operations" lists all. */
  readonly sampleOperations: readonly SampleOperation[];
  /** Fills the header pane and signs the page in. Never give one in production: it is in the page's source. */
  readonly developmentToken?: string | undefined;
  /** Keeps the editor away and its introspection unsent until a person gives a token the endpoint accepts. */
  readonly isSignInRequired: boolean;
  /** Where people sign in; absent where nobody can. */
  readonly identityProvider?: GraphiqlSignIn | undefined;
  /** From `graphiqlAssets().urls()`. */
  readonly assetUrls: GraphiqlAssetUrls;
}

export interface GraphiqlPage {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/**
 * The GraphiQL page of a tenant. It is complete without any other host and is never stored by a cache.
 *
 * @example
 * const { body, headers } = graphiqlPage({
 *   title: tenant.name, storageNamespace: tenant.id, endpoint: '/graphql', sampleOperations,
 *   isSignInRequired: true, assetUrls: await assets.urls(),
 * });
 */
export function graphiqlPage(options: GraphiqlPageOptions): GraphiqlPage {
  const styleNonce = randomBytes(16).toString('base64');
  return {
    body: html(options, styleNonce),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(styleNonce, options.identityProvider?.issuer),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      // One URL answers GraphQL to a client and this page to a browser.
      vary: 'accept',
    },
  };
}

function html(options: GraphiqlPageOptions, styleNonce: string): string {
  const { assetUrls, ...settings } = options;
  const title = escapeHtml(options.title);
  const editorScripts = [assetUrls.react, assetUrls.reactDom, assetUrls.graphiql];
  const config = { ...settings, styleNonce, editorScripts, editorStyle: assetUrls.graphiqlStyle };
  const isEditorImmediate = !options.isSignInRequired || options.developmentToken !== undefined;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${title} · GraphiQL</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${escapeHtml(assetUrls.style)}">
${isEditorImmediate ? preloads(editorScripts, assetUrls.graphiqlStyle) : ''}    <script type="application/json" id="page-config">${embedJson(config)}</script>
    <script src="${escapeHtml(assetUrls.boot)}" defer></script>
  </head>
  <body>
    <header class="bar">
      <span class="bar-mark" aria-hidden="true"></span>
      <h1 class="bar-title">${title}</h1>
      <code class="bar-endpoint">${escapeHtml(options.endpoint)}</code>
      <div id="account"></div>
    </header>
    <main id="editor"><noscript><p class="notice">GraphiQL needs JavaScript.</p></noscript></main>
  </body>
</html>
`;
}

function preloads(scripts: readonly string[], style: string): string {
  const lines = scripts.map((url) => `    <link rel="preload" as="script" href="${escapeHtml(url)}">\n`);
  return [...lines, `    <link rel="preload" as="style" href="${escapeHtml(style)}">\n`].join('');
}
