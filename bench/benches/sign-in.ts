import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { UserAgent } from '../../test/support/user-agent.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { type BenchGateway, PUBLIC_HOST, startGateway } from '../gateway.ts';
import { postGraphql } from '../post-graphql.ts';
import { median, spreadOf } from '../spread.ts';

const PASSWORD = 'correct horse battery staple';
const EMAIL = 'ada@bench.example';
const CALLBACK = 'https://shop.example/callback';

/** Not timed: the code is warmed. */
const WARM_UPS = 5;

/** Sign-ins of each kind in a round; a network may fail 60 times at a tenant before it is told to wait. */
const ATTEMPTS = 20;

/**
 * What a person waits for after they have pressed the button, against the one hash of their password that has to be
 * verified; and whether the wait tells those who guess if there is such a person.
 */
export const signIn: Bench = { name: 'sign-in', run };

/** Medians in milliseconds. */
interface Round {
  right: number;
  wrong: number;
  unknown: number;
  hash: number;
}

async function run({ server, effort, say }: BenchContext) {
  await using gateway = await startGateway(server, say);
  const kept = await hash(PASSWORD);
  const rounds: Round[] = [];
  for (let round = 1; round <= effort.rounds; round += 1) {
    const start = await newTenant(gateway);
    const kinds: Record<keyof Round, (count: number) => Promise<number>> = {
      right: () => timedSignIn(gateway, start, { email: EMAIL, password: PASSWORD }, true),
      wrong: () => timedSignIn(gateway, start, { email: EMAIL, password: 'a wrong guess' }, false),
      unknown: (count) =>
        timedSignIn(gateway, start, { email: `${count}@bench.example`, password: PASSWORD }, false),
      hash: () => timedHash(kept),
    };
    const samples: Record<keyof Round, number[]> = { right: [], wrong: [], unknown: [], hash: [] };
    for (let count = 0; count < WARM_UPS + ATTEMPTS; count += 1) {
      for (const kind of inAnyOrder(Object.keys(kinds) as (keyof Round)[])) {
        const took = await kinds[kind](count);
        if (count >= WARM_UPS) samples[kind].push(took);
      }
    }
    const figures: Round = {
      right: median(samples.right),
      wrong: median(samples.wrong),
      unknown: median(samples.unknown),
      hash: median(samples.hash),
    };
    rounds.push(figures);
    say(
      `round ${round}: right ${figures.right.toFixed(1)}, wrong ${figures.wrong.toFixed(1)}, unknown ` +
        `${figures.unknown.toFixed(1)}, Argon2id alone ${figures.hash.toFixed(1)} ms`,
    );
  }
  const over = (figure: (round: Round) => number) => spreadOf(rounds.map(figure));
  return [
    { name: 'sign-in, p50', unit: 'ms', value: over(({ right }) => right) },
    { name: 'Argon2id alone, p50', unit: 'ms', value: over(({ hash }) => hash) },
    {
      name: 'Argon2id / sign-in',
      unit: '',
      value: over(({ hash, right }) => hash / right),
      target: { is: 'at least' as const, limit: 0.5 },
    },
    { name: 'refused for a wrong password, p50', unit: 'ms', value: over(({ wrong }) => wrong) },
    { name: 'refused for an unknown address, p50', unit: 'ms', value: over(({ unknown }) => unknown) },
    {
      name: 'the slower of the two refusals / the other',
      unit: 'x',
      value: over(({ wrong, unknown }) => Math.max(wrong, unknown) / Math.min(wrong, unknown)),
      target: { is: 'at most' as const, limit: 1.05 },
    },
  ];
}

/** So that no kind always bears what another leaves to be done. */
function inAnyOrder<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

/** Where a browser is sent to sign in. */
interface Start {
  authorization: URL;
}

/** Registers a tenant with one user and one application, as their people would. */
async function newTenant({ port }: BenchGateway): Promise<Start> {
  const identifier = `p${randomBytes(8).toString('hex')}`;
  const { registerTenant } = await postGraphql<{
    registerTenant: { bootstrap: { accessToken: string; setPasswordUrl: string } };
  }>(port, '/platform/graphql', {
    query: `mutation ($input: RegisterTenantInput!) {
      registerTenant(input: $input) { bootstrap { accessToken setPasswordUrl } userErrors { code } }
    }`,
    variables: { input: { identifier, name: identifier, administrator: { email: EMAIL } } },
  });
  const { accessToken, setPasswordUrl } = registerTenant.bootstrap;
  await new UserAgent({ port }).submit(new URL(setPasswordUrl), { password: PASSWORD, repeated: PASSWORD });
  const { createClient } = await postGraphql<{ createClient: { client: { clientId: string } } }>(
    port,
    `/t/${identifier}/graphql`,
    {
      query: `mutation ($input: CreateClientInput!) {
        createClient(input: $input) { client { clientId } userErrors { code } }
      }`,
      variables: { input: { name: 'Shop', type: 'SPA', redirectUris: [CALLBACK] } },
    },
    accessToken,
  );
  const authorization = new URL(`http://${PUBLIC_HOST}/t/${identifier}/oauth/auth`);
  authorization.search = new URLSearchParams({
    client_id: createClient.client.clientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    // Nobody redeems the code; the challenge of RFC 7636 appendix B will do.
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  }).toString();
  return { authorization };
}

/** Opens the page in a browser of its own and times what comes after the button; the outcome must be as told. */
async function timedSignIn(
  { port }: BenchGateway,
  { authorization }: Start,
  form: { email: string; password: string },
  isRight: boolean,
): Promise<number> {
  const agent = new UserAgent({ port });
  const page = await agent.visit(authorization);
  const startedAtMs = performance.now();
  const shown = await agent.submit(page.url, form);
  const took = performance.now() - startedAtMs;
  const hasCome = isRight
    ? shown.status < 400 && !shown.url.pathname.endsWith('/auth')
    : shown.status === 422;
  if (!hasCome) throw new Error(`wrong outcome: ${shown.status} ${shown.body}`);
  return took;
}

async function timedHash(kept: string): Promise<number> {
  const startedAtMs = performance.now();
  if (!(await verify(kept, PASSWORD))) throw new Error('wrong hash');
  return performance.now() - startedAtMs;
}
