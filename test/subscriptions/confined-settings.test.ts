import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { forge, privateKeyOf, soundToken } from '../support/forged-token.ts';
import { registerBoth, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';
import { type Subscriber, subscribeBySocket, subscribeBySse } from '../support/subscriber.ts';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
let tenants: { acme: TestTenant; globex: TestTenant };

/** Global ids of the application tenants north and south, of both tenants. */
const places: Record<string, string> = {};

beforeAll(async () => {
  nodes = await startTwoNodes();
  tenants = await registerBoth(nodes.here);
  for (const [name, tenant] of Object.entries(tenants)) {
    for (const module of ['users', 'application-tenants']) {
      await run(
        tenant,
        'mutation ($input: EnableModuleInput!) { enableModule(input: $input) { userErrors { code } } }',
        {
          id: module,
        },
      );
    }
    const { client } = await run(
      tenant,
      'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } userErrors { code } } }',
      { name: 'Shop', isMultiTenant: true },
    );
    for (const identifier of ['north', 'south']) {
      const { applicationTenant } = await run(
        tenant,
        `mutation ($input: CreateApplicationTenantInput!) {
          createApplicationTenant(input: $input) { applicationTenant { id } userErrors { code } } }`,
        { application: (client as { id: string }).id, identifier, name: identifier },
      );
      places[`${name} ${identifier}`] = (applicationTenant as { id: string }).id;
    }
  }
});

afterAll(() => nodes?.[Symbol.asyncDispose]());

/** Runs a mutation of one input on the first node. */
async function run(tenant: TestTenant, query: string, input: object): Promise<Record<string, unknown>> {
  const token = await tenant.token();
  const { data, errors } = await graphql({ port: nodes.here.port, token, query, variables: { input } });
  const [payload] = Object.values(data ?? {}) as ({ userErrors: unknown[] } & Record<string, unknown>)[];
  if (payload === undefined || payload.userErrors.length > 0) throw new Error(JSON.stringify([errors, data]));
  return payload;
}

function confinedToken(name: 'acme' | 'globex', place: string): string {
  const tenant = tenants[name];
  const { header, claims } = soundToken(tenant);
  const [, id] = Buffer.from(places[`${name} ${place}`] ?? '', 'base64url')
    .toString()
    .split(':');
  return forge(
    header,
    { ...claims, scope: 'settings:read', app_tenant: id },
    privateKeyOf(nodes.here, tenant),
  );
}

const paint = (name: 'acme' | 'globex', place: string, primaryColor: string) =>
  run(
    tenants[name],
    'mutation ($input: UpdateApplicationTenantInput!) { updateApplicationTenant(input: $input) { userErrors { code } } }',
    { id: places[`${name} ${place}`], settings: { theme: { primaryColor } } },
  );

const SETTINGS = 'subscription { settingsChanged { revision settings { theme { primaryColor } } } }';

const colorsOf = ({ results }: Subscriber) =>
  results.map(
    ({ data }) =>
      (data?.['settingsChanged'] as { settings: { theme: { primaryColor: string } } }).settings.theme
        .primaryColor,
  );

type Five = [string, string, string, string, string];

test.each([
  ['server-sent events', subscribeBySse, '0'],
  ['a WebSocket', subscribeBySocket, '1'],
] as const)(
  'who is confined to an application tenant hears over %s of its own settings and its tenant’s, and of nobody else’s',
  async (_name, transport, shade) => {
    const [one, two, three, four, five] = ['1', '2', '3', '4', '5'].map(
      (hue) => `#${hue}${shade}0000`,
    ) as Five;
    const { port, app } = nodes.there;
    const open = (token: string) => transport({ port, token, query: SETTINGS });
    using north = open(confinedToken('acme', 'north'));
    using south = open(confinedToken('acme', 'south'));
    using whole = open(await tenants.acme.token(['settings:read']));
    using other = open(confinedToken('globex', 'north'));
    await eventually(() => expect(app.streams.size).toBe(4));
    const last = (subscriber: Subscriber, color: string) =>
      eventually(() => expect(colorsOf(subscriber).at(-1)).toBe(color));

    await paint('acme', 'north', one);
    await last(north, one);
    // Another change of its record is none of its settings.
    await run(
      tenants.acme,
      'mutation ($input: UpdateApplicationTenantInput!) { updateApplicationTenant(input: $input) { userErrors { code } } }',
      { id: places['acme north'], name: `North ${shade}` },
    );
    await paint('acme', 'north', two);
    await last(north, two);
    await paint('globex', 'north', three);
    await last(other, three);
    await paint('acme', 'south', four);
    await last(south, four);
    expect([north, south, whole, other].map(colorsOf)).toEqual([[one, two], [four], [], [three]]);

    const set =
      'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { userErrors { code } } }';
    await run(tenants.acme, set, { theme: { primaryColor: five } });
    await last(whole, five);
    // They are told of it too, and see what they have set themselves over it.
    await eventually(() => expect([north.results.length, south.results.length]).toEqual([3, 2]));
    expect([colorsOf(north).at(-1), colorsOf(south).at(-1)]).toEqual([two, four]);
    expect(colorsOf(other)).toEqual([three]);
    for (const each of [north, south, whole, other]) each[Symbol.dispose]();
    await eventually(() => expect(app.streams.size).toBe(0));
  },
);
