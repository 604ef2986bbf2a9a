import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import codegen from '../../codegen.ts';
import { registerBoth, startGateway, type TestGateway } from '../support/gateway.ts';
import { createClient } from './client.ts';
import { journey } from './journey.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let gateway: TestGateway;
let tenants: Awaited<ReturnType<typeof registerBoth>>;

beforeAll(async () => {
  gateway = await startGateway();
  tenants = await registerBoth(gateway);
});

afterAll(() => gateway[Symbol.asyncDispose]());

test('the committed types are what codegen makes of the schema and the operations', async () => {
  const files = (await generate({ ...codegen, cwd: ROOT, silent: true }, false)) as {
    filename: string;
    content: string;
  }[];
  expect(files.length).toBeGreaterThan(1);
  for (const { filename, content } of files) {
    expect(await readFile(`${ROOT}/${filename}`, 'utf8'), `run npm run codegen for ${filename}`).toBe(
      content,
    );
  }
});

test('a strict consumer compiles against the generated types, and a mistake does not', () => {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    allowImportingTsExtensions: true,
    types: ['node'],
  };
  const file = fileURLToPath(new URL('journey.ts', import.meta.url));
  const faultsOf = (text?: string): string[] => {
    const host = ts.createCompilerHost(options);
    const { readFile: read } = host;
    if (text !== undefined) host.readFile = (path) => (path === file ? text : read(path));
    const program = ts.createProgram([file], options, host);
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  };
  expect(faultsOf()).toEqual([]);
  const source = ts.sys.readFile(file) ?? '';
  expect(faultsOf(source.replace("title: 'Hello, world'", 'title: 5'))).toHaveLength(1);
});

test('every typed operation works against a live gateway, for two tenants alike', async () => {
  for (const [identifier, tenant] of Object.entries(tenants)) {
    const endpoint = `http://127.0.0.1:${gateway.port}/t/${identifier}/graphql`;
    const result = await journey(createClient(endpoint, await tenant.token()));
    expect(result).toMatchObject({
      tenant: { identifier, id: tenant.record._id, hosts: [`${identifier}.gateway.test`] },
      viewer: { kind: 'CLIENT' },
      color: '#123456',
      resources: ['https://orders.example/api'],
      grants: [['orders:read']],
      clients: ['Administrator', 'Shop'],
      types: ['Article'],
      status: 'PUBLISHED',
      title: 'Hello',
      count: 1,
    });
    expect(result.deletedId).toBe(result.clientId);
    expect(result.secret).toMatch(/^tgs_/);
    expect(result.modules.length).toBeGreaterThan(2);
  }
});
