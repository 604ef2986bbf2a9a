import { createHash } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { when } from '../lib/pipeline.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Exchange } from './exchange.ts';
import { graphiqlAssets } from './graphiql/assets.ts';
import { type GraphiqlSignIn, graphiqlPage, type SampleOperation } from './graphiql/page.ts';
import { refusal } from './refuse.ts';
import { pathOf } from './request-target.ts';
import type { Stage } from './stage.ts';
import { wantsPage } from './wants-page.ts';

export interface GraphiqlOptions {
  setting: Config['graphiql'];
  /** Operations that work on this tenant's content; without a tenant those of the platform. */
  samples(tenant: Tenant | undefined): readonly SampleOperation[];
  /** A short-lived token for the header pane; in development only. */
  developmentToken(tenant: Tenant): Promise<string | undefined>;
  /** How people sign in; undefined where a tenant has none. */
  signIn(tenant: Tenant): GraphiqlSignIn | undefined;
  /** Whether the visitor may have that token: whoever reads the page has it. */
  isLocal(exchange: Exchange): boolean;
}

/** A browser's `GET` on a GraphQL route gets the GraphiQL page; everything it needs comes from this server. */
export function useGraphiql({ setting, samples, developmentToken, signIn, isLocal }: GraphiqlOptions): Stage {
  const assets = graphiqlAssets();
  const isPage = (exchange: Exchange) => setting !== 'off' && isBrowserVisit(exchange);
  const isConcerned = (exchange: Exchange) => exchange.route.kind === 'asset' || isPage(exchange);
  return when(isConcerned, async (exchange) => {
    const { request, route } = exchange;
    if (route.kind === 'asset') {
      const asset = await assets.answer(
        pathOf(request.url),
        request.headers['accept-encoding'] as string | undefined,
      );
      if (asset === undefined) throw refusal(404, 'NOT_FOUND', 'There is nothing at this address.');
      exchange.reply = { status: 200, ...asset };
      return;
    }
    const tenant = exchange.tenant;
    const isTokenDue = tenant !== undefined && setting === 'on' && isLocal(exchange);
    const token = isTokenDue ? await developmentToken(tenant) : undefined;
    const page = graphiqlPage({
      title: tenant === undefined ? 'Tenant Gateway platform' : tenant.name,
      storageNamespace: tenant === undefined ? 'platform' : storageNamespaceOf(tenant),
      endpoint: pathOf(request.url),
      sampleOperations: [...samples(tenant)],
      isSignInRequired: setting === 'signed-in',
      identityProvider: tenant && signIn(tenant),
      assetUrls: await assets.urls(),
      ...(token === undefined ? {} : { developmentToken: token }),
    });
    exchange.reply = { status: 200, ...page };
  });
}

/** By identifier, for people, and by a digest of the id: an identifier may have been another tenant's once. */
function storageNamespaceOf({ identifier, id }: Tenant): string {
  return `${identifier}.${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
}

function isBrowserVisit({ request, route, socket }: Exchange): boolean {
  if (socket !== undefined) return false;
  const isEndpoint = (route.kind === 'tenant' || route.kind === 'platform') && !route.isSchemaFile;
  return isEndpoint && wantsPage(request) && !/[?&]query=/.test(request.url ?? '');
}
