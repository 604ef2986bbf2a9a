import { afterAll, beforeAll, expect, test } from 'vitest';
import { modules } from '../../src/modules/index.ts';
import type { Module } from '../../src/modules/module.ts';
import type { ModuleStage } from '../../src/shell/module-stage.ts';
import { eventually } from '../support/eventually.ts';
import { registerTenant, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';

/** What a module of somebody else's brings: a stage, and nothing but that. */
function stageModule(id: string, stage: ModuleStage, isAlwaysOn = false): Module {
  return {
    id,
    version: '1.0.0',
    dependsOn: [],
    isAlwaysOn,
    migrations: [],
    rules: {},
    nodes: {},
    stages: [stage],
  };
}

const order: string[] = [];

const banner = stageModule('banner', async (exchange, next) => {
  order.push('banner in');
  await next();
  order.push('banner out');
  // It works for the tenant of the scope, whatever the request says of itself.
  if (exchange.reply) exchange.reply.headers['x-banner'] = exchange.scope.tenant.identifier;
});

const teapot = stageModule('teapot', async (exchange, next) => {
  order.push('teapot in');
  if (exchange.request.headers['x-brew'] !== 'tea') return next();
  const { method, path, localPath, search } = exchange.request;
  const body = JSON.stringify([method, path, localPath, search]);
  exchange.reply = { status: 418, headers: { 'content-type': 'application/json' }, body };
});

const failing = stageModule('failing', () => Promise.reject(new Error('mongodb://secret@host/ is down')));

let one: TestGateway;
let other: TestGateway;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  const withStages = { modules: [...modules, banner, teapot, failing] };
  one = await startGateway({}, withStages);
  other = await startGateway({ CONTROL_DATABASE: one.config.mongo.controlDatabase }, withStages);
  acme = await registerTenant(one, 'acme', { modules: ['content', 'banner', 'teapot'] });
  globex = await registerTenant(one, 'globex', { modules: ['content'] });
});

afterAll(async () => {
  await other.app[Symbol.asyncDispose]();
  other.server.close();
  await one[Symbol.asyncDispose]();
});

async function ask(
  gateway: TestGateway,
  tenant: TestTenant,
  query: string,
  headers: Record<string, string> = {},
) {
  const path = `/t/${tenant.record.identifier}/graphql?from=test`;
  return graphql({ port: gateway.port, path, token: await tenant.token(), query, headers });
}

const HELLO = '{ tenant { identifier } }';

/** The banner each tenant gets on each node. */
async function banners(): Promise<unknown[]> {
  const replies = [];
  for (const gateway of [one, other])
    for (const tenant of [acme, globex])
      replies.push((await ask(gateway, tenant, HELLO)).headers['x-banner']);
  return replies;
}

test('runs for the tenants that have the module, and for no other', async () => {
  expect(await banners()).toEqual(['acme', undefined, 'acme', undefined]);
});

test('runs in the order of the modules, one around the other', async () => {
  order.length = 0;
  await ask(one, acme, HELLO);
  expect(order).toEqual(['banner in', 'teapot in', 'banner out']);
  order.length = 0;
  await ask(one, globex, HELLO);
  expect(order).toEqual([]);
});

test('answers in the place of GraphQL, for its own tenant only', async () => {
  const brew = { 'x-brew': 'tea' };
  const reply = await ask(one, acme, HELLO, brew);
  expect(reply).toMatchObject({
    status: 418,
    0: 'POST',
    1: '/t/acme/graphql',
    2: '/graphql',
    3: '?from=test',
  });
  // Those around it still see what it answered, and the request has its id as any.
  expect([reply.headers['x-banner'], typeof reply.headers['x-request-id']]).toEqual(['acme', 'string']);
  expect((await ask(one, globex, HELLO, brew)).data).toEqual({ tenant: { identifier: 'globex' } });
});

test('is switched on and off at run time, on every node within a second', async () => {
  const change = async (mutation: string, id: string) => {
    const query = `mutation { ${mutation}(input: { id: "${id}" }) { modules { id enabled } userErrors { code } } }`;
    const { data } = await ask(one, globex, query);
    expect(data?.[mutation]).toMatchObject({ userErrors: [] });
  };
  for (const [mutation, expected] of [
    ['enableModule', 'globex'],
    ['disableModule', undefined],
  ] as const) {
    await change(mutation, 'banner');
    // Whoever switched it sees it at once.
    expect((await ask(one, globex, HELLO)).headers['x-banner']).toBe(expected);
    await eventually(
      async () => expect(await banners()).toEqual(['acme', expected, 'acme', expected]),
      1_000,
    );
  }
});

test('that fails is masked, and fails nobody else', async () => {
  await ask(one, globex, 'mutation { enableModule(input: { id: "failing" }) { userErrors { code } } }');
  const failed = await ask(one, globex, HELLO);
  expect([failed.status, failed.errors?.[0]?.extensions.code]).toEqual([500, 'INTERNAL']);
  expect(JSON.stringify(failed)).not.toContain('secret');
  expect((await ask(one, acme, HELLO)).status).toBe(200);
});
