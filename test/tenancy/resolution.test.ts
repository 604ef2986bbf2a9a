import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forge, soundToken } from '../support/forged-token.ts';
import {
  registerBoth,
  registerTenant,
  startGateway,
  type TestGateway,
  type TestTenant,
} from '../support/gateway.ts';
import { graphql, type GraphQLReply } from '../support/request.ts';

const KINDS = ['absent', 'A', 'B', 'unknown', 'suspended', 'deleted', 'malformed'] as const;
type Kind = (typeof KINDS)[number];
type Row = [claim: Kind, host: Kind, prefix: Kind];

const ROWS: Row[] = KINDS.flatMap((claim) =>
  KINDS.flatMap((host) => KINDS.map((prefix): Row => [claim, host, prefix])),
);

const NAMES: Record<Kind, string> = {
  absent: '',
  A: 'acme',
  B: 'globex',
  unknown: 'nowhere',
  suspended: 'umbrella',
  deleted: 'tyrell',
  malformed: 'ACME%20',
};

/** The order of CONTRACT 6, written down without a look at the code. */
function expectedOf([claim, host, prefix]: Row): string {
  if (claim === 'unknown' || claim === 'deleted' || claim === 'malformed') return '401 UNAUTHENTICATED';
  const others = [host, prefix].filter((kind) => kind !== 'absent');
  if (claim !== 'absent') {
    if (others.some((kind) => kind !== claim)) return '403 TENANT_MISMATCH';
    return claim === 'suspended' ? '403 TENANT_SUSPENDED' : `200 ${NAMES[claim]}`;
  }
  if (others.length === 0) return '400 TENANT_REQUIRED';
  const [one] = others;
  const agree = others.every((kind) => kind === one);
  return agree && (one === 'A' || one === 'B') ? `200 ${NAMES[one]}` : '404 TENANT_NOT_FOUND';
}

let gateway: TestGateway;
let acme: TestTenant;
const tokens: Partial<Record<Kind, string>> = {};
const replies = new Map<string, GraphQLReply>();

beforeAll(async () => {
  gateway = await startGateway();
  const both = await registerBoth(gateway);
  const umbrella = await registerTenant(gateway, NAMES.suspended);
  const tyrell = await registerTenant(gateway, NAMES.deleted);
  acme = both.acme;
  const { header, claims } = soundToken(acme);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  tokens.A = await acme.token();
  tokens.B = await both.globex.token();
  tokens.suspended = await umbrella.token();
  tokens.deleted = await tyrell.token();
  tokens.unknown = forge(header, { ...claims, iss: 'http://gateway.test/t/nowhere' }, privateKey);
  tokens.malformed = 'garbage';
  // They were known and served before, so that what is remembered of them has to be forgotten.
  for (const identifier of [NAMES.suspended, NAMES.deleted]) {
    expect((await ask(['absent', 'absent', 'absent'], `/t/${identifier}/graphql`)).status).toBe(200);
  }
  await gateway.app.platform.lifecycle.suspend(umbrella.record._id);
  await gateway.app.platform.deletions.request(tyrell.record._id, { by: 'test', isImmediate: true });
  for (let start = 0; start < ROWS.length; start += 25) {
    const batch = ROWS.slice(start, start + 25);
    const answers = await Promise.all(batch.map((row) => ask(row)));
    for (const [index, row] of batch.entries()) replies.set(String(row), answers[index]!);
  }
});

afterAll(() => gateway[Symbol.asyncDispose]());

function ask([claim, host, prefix]: Row, path?: string): Promise<GraphQLReply> {
  return graphql({
    port: gateway.port,
    path: path ?? (prefix === 'absent' ? '/graphql' : `/t/${NAMES[prefix]}/graphql`),
    host: host === 'absent' ? 'gateway.test' : `${NAMES[host]}.gateway.test`,
    token: tokens[claim],
    query: '{ tenant { identifier } }',
  });
}

function outcome({ status, data, errors }: GraphQLReply): string {
  const tenant = data?.['tenant'] as { identifier: string } | undefined;
  return `${status} ${[...(errors ?? []).map(({ extensions }) => extensions.code), ...(tenant ? [tenant.identifier] : [])].join(' ')}`;
}

describe('the table of claim, host and prefix', () => {
  it('has 343 rows, each answered as the contract says', () => {
    expect(replies.size).toBe(343);
    const seen = Object.fromEntries([...replies].map(([row, reply]) => [row, outcome(reply)]));
    expect(seen).toEqual(Object.fromEntries(ROWS.map((row) => [String(row), expectedOf(row)])));
  });

  it.each<[...Row, string]>([
    ['absent', 'absent', 'absent', '400 TENANT_REQUIRED'],
    ['absent', 'A', 'absent', '200 acme'],
    ['absent', 'absent', 'B', '200 globex'],
    ['absent', 'A', 'A', '200 acme'],
    ['absent', 'A', 'B', '404 TENANT_NOT_FOUND'],
    ['absent', 'A', 'unknown', '404 TENANT_NOT_FOUND'],
    ['absent', 'suspended', 'absent', '404 TENANT_NOT_FOUND'],
    ['absent', 'absent', 'deleted', '404 TENANT_NOT_FOUND'],
    ['absent', 'malformed', 'A', '404 TENANT_NOT_FOUND'],
    ['A', 'absent', 'absent', '200 acme'],
    ['A', 'A', 'A', '200 acme'],
    ['A', 'B', 'absent', '403 TENANT_MISMATCH'],
    ['A', 'A', 'unknown', '403 TENANT_MISMATCH'],
    ['A', 'suspended', 'absent', '403 TENANT_MISMATCH'],
    ['suspended', 'absent', 'absent', '403 TENANT_SUSPENDED'],
    ['suspended', 'suspended', 'suspended', '403 TENANT_SUSPENDED'],
    ['suspended', 'A', 'absent', '403 TENANT_MISMATCH'],
    ['deleted', 'deleted', 'deleted', '401 UNAUTHENTICATED'],
    ['unknown', 'A', 'A', '401 UNAUTHENTICATED'],
    ['malformed', 'absent', 'A', '401 UNAUTHENTICATED'],
  ])('claim %s, host %s, prefix %s: %s', (claim, host, prefix, answer) => {
    expect(outcome(replies.get(String([claim, host, prefix]))!)).toBe(answer);
  });

  it('answers everything that is not found with one body and the same headers', () => {
    const seen = new Set<string>();
    let count = 0;
    for (const reply of replies.values()) {
      if (reply.errors?.[0]?.extensions.code !== 'TENANT_NOT_FOUND') continue;
      const { status, headers, ...body } = structuredClone(reply);
      expect(headers['x-request-id']).toBe(body.errors![0]!.extensions['requestId']);
      delete body.errors![0]!.extensions['requestId'];
      delete headers['x-request-id'];
      delete headers['date'];
      seen.add(JSON.stringify({ status, headers: Object.entries(headers).sort(), body }));
      count += 1;
    }
    expect(count).toBe(ROWS.filter((row) => expectedOf(row).startsWith('404')).length);
    expect([...seen]).toHaveLength(1);
  });

  it('names no other tenant in any answer', () => {
    for (const [row, { data, ...reply }] of replies) {
      const own = (data?.['tenant'] as { identifier: string } | undefined)?.identifier;
      for (const name of Object.values(NAMES)) {
        if (name !== '' && name !== own) expect(JSON.stringify([data, reply]), row).not.toContain(name);
      }
    }
  });

  it('says in the log what it does not say to the caller', () => {
    const lines = gateway.logs.filter(
      ({ msg, codes }) => msg === 'request' && String(codes) === 'TENANT_NOT_FOUND',
    );
    expect(new Set(lines.map(({ reason }) => reason))).toEqual(
      new Set(['unknown', 'host and prefix differ', 'SUSPENDED', 'DELETED']),
    );
  });
});

describe('cross-origin headers', () => {
  it('of a suspended tenant with a list of its own are those of a tenant that does not exist', async () => {
    const hooli = await registerTenant(gateway, 'hooli');
    const token = await hooli.token();
    const query = `mutation { updateSettings(input: { options: { corsOrigins: ["https://hooli.example"] } }) { userErrors { code } } }`;
    expect((await graphql({ port: gateway.port, token, query })).errors).toBeUndefined();
    await gateway.app.platform.lifecycle.suspend(hooli.record._id);
    const seen = await Promise.all(
      ['hooli', 'nowhere'].map(async (identifier) => {
        const { headers } = await ask(['absent', 'absent', 'absent'], `/t/${identifier}/graphql`);
        return { ...headers, date: '', 'x-request-id': '' };
      }),
    );
    expect(seen[0]).toEqual(seen[1]);
  });
});

describe('a renamed tenant', () => {
  it('answers to its alias as prefix and host label, and keeps its issuer', async () => {
    const { port } = gateway;
    const initech = await registerTenant(gateway, 'initech');
    const before = await initech.token();
    const renamed = await graphql({
      port,
      token: before,
      query:
        'mutation { renameTenant(input: { identifier: "initrode" }) { tenant { identifier hosts } userErrors { code } } }',
    });
    expect(renamed.data?.['renameTenant']).toEqual({
      tenant: { identifier: 'initrode', hosts: ['initrode.gateway.test', 'initech.gateway.test'] },
      userErrors: [],
    });
    const record = await gateway.app.platform.control.tenants.findOne({ _id: initech.record._id });
    expect(record?.issuer).toBe('http://gateway.test/t/initech');
    const after = await initech.token();
    for (const token of [undefined, before, after]) {
      for (const name of ['initech', 'initrode']) {
        const query = '{ tenant { identifier } }';
        const byPrefix = await graphql({ port, token, query, path: `/t/${name}/graphql` });
        const byHost = await graphql({ port, token, query, host: `${name}.gateway.test` });
        // The alias and the identifier are the same tenant.
        const byBoth = await graphql({
          port,
          token,
          query,
          host: 'initech.gateway.test',
          path: `/t/${name}/graphql`,
        });
        for (const reply of [byPrefix, byHost, byBoth]) expect(outcome(reply)).toBe('200 initrode');
      }
    }
    const { header, claims } = soundToken(initech);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const foreign = forge(header, { ...claims, iss: 'http://gateway.test/t/initrode' }, privateKey);
    expect(outcome(await graphql({ port, token: foreign, query: '{ tenant { identifier } }' }))).toBe(
      '401 UNAUTHENTICATED',
    );
  });
});
