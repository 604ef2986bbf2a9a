import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { mongo } from 'mongoose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProcess } from '../../src/mongo/embedded/server/running-server.ts';
import { serverHome } from '../../src/mongo/embedded/server/server-home.ts';
import { eventually } from '../support/eventually.ts';

const BIN = fileURLToPath(new URL('../../scripts/tenant-gateway.mjs', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.data/cache', import.meta.url));

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tenant-gateway-mongod-'));
  await mkdir(join(dataDir, 'cache'));
  await cp(CACHE, join(dataDir, 'cache'), { recursive: true });
});

afterAll(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));

it('runs a further MongoDB until it is told to stop', async () => {
  const child = spawn(process.execPath, [BIN, 'mongod', 'second'], {
    env: { PATH: process.env['PATH'] ?? '', HOME: dataDir, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const [uri] = (await once(createInterface(child.stdout), 'line')) as [string];
  const client = await new mongo.MongoClient(uri).connect();
  expect(await client.db('admin').command({ hello: 1 })).toMatchObject({ isWritablePrimary: true });
  await client.close();
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  const gone = new mongo.MongoClient(uri, { serverSelectionTimeoutMS: 300 });
  await expect(gone.connect()).rejects.toThrow();
});

it('refuses a name that would leave its folder', async () => {
  const child = spawn(process.execPath, [BIN, 'mongod', '../second'], { stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([2, null]);
});

it('leaves no MongoDB behind when a command is ended while it starts one', async () => {
  const home = await serverHome(dataDir);
  const child = spawn(process.execPath, [BIN, 'tenants', 'list'], {
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: dataDir, DATA_DIR: dataDir },
      MASTER_KEY: randomBytes(32).toString('base64'),
    },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const { pid } = await eventually(async () => {
    const found = await findProcess(home);
    if (found === undefined) throw new Error('it has not begun to start one');
    return found;
  }, 30_000);
  child.kill('SIGTERM');
  try {
    expect(await exited).toEqual([143, null]);
    expect(await findProcess(home)).toBeUndefined();
  } finally {
    if ((await findProcess(home)) !== undefined) process.kill(pid, 'SIGKILL');
  }
});
