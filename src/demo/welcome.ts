import type { App } from '../app.ts';
import type { Config } from '../config/config.ts';
import type { DemoTenant } from './open-demo.ts';

/** Answers with real content on every demo tenant. Without inner quotes, so that it can be pasted into any shell. */
const QUERY = '{ tenant { name } contentItems(first: 3) { totalCount nodes { type slug title } } }';

/** Says where to go. */
export async function welcome(
  config: Config,
  app: App,
  demo: readonly DemoTenant[],
  say: (line: string) => void,
): Promise<void> {
  const { publicUrl } = config.http;
  say('');
  say('Tenant Gateway is ready.');
  for (const { tenant, itemCount } of demo) {
    say('');
    say(`  ${tenant.name}: ${itemCount} items, modules ${tenant.modules.join(', ')}`);
    say(`    GraphiQL   ${subdomainUrl(config, tenant.identifier)}/graphql`);
    say(`               ${publicUrl}/t/${tenant.identifier}/graphql`);
  }
  say('');
  say(`  Platform   ${publicUrl}/platform/graphql`);
  say(`  Tenants    ${publicUrl}/t/<identifier>/graphql`);
  say(`  Metrics    http://${bracketed(config.admin.host)}:${config.admin.port}/metrics`);
  const [first] = demo;
  const token = first === undefined ? undefined : await app.developmentToken(first.tenant.id);
  if (first !== undefined && token !== undefined) {
    say('');
    say('Try it (the token is good for an hour):');
    say('');
    say(curl(`${publicUrl}/t/${first.tenant.identifier}/graphql`, token));
  }
  say('');
}

function curl(url: string, token: string): string {
  const headers = `-H 'content-type: application/json' -H 'authorization: Bearer ${token}'`;
  return `curl -s ${url} ${headers} -d '${JSON.stringify({ query: QUERY })}'`;
}

function subdomainUrl({ http }: Config, identifier: string): string {
  const { protocol, port } = new URL(http.publicUrl);
  return `${protocol}//${identifier}.${http.baseDomain}${port === '' ? '' : `:${port}`}`;
}

/** As a URL wants an IPv6 address. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
