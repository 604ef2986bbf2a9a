import { mongo } from 'mongoose';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { embeddedDirectory, testMongod } from './embedded-directory.ts';

const portOf = (uri: string) => Number(new URL(uri).port);

async function connect(uri: string) {
  const client = await new mongo.MongoClient(uri).connect();
  return {
    client,
    notes: client.db('acme').collection('notes'),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

describe('the embedded server', () => {
  test('is a replica set: a transaction commits and a change stream sees it', async () => {
    await using directory = await embeddedDirectory();
    await using server = await directory.open();
    await using db = await connect(server.uri);
    await db.client.db('acme').createCollection('notes');
    await using stream = db.notes.watch();
    // Opens the cursor: it tells of what comes after.
    await stream.tryNext();
    await db.client.withSession((session) =>
      session.withTransaction(async () => {
        await db.notes.insertOne({ title: 'first' }, { session });
        await db.client.db('globex').collection('notes').insertOne({ title: 'second' }, { session });
      }),
    );
    expect(await stream.next()).toMatchObject({ operationType: 'insert', fullDocument: { title: 'first' } });
  });

  test('keeps its data and its port from one run to the next', async () => {
    await using directory = await embeddedDirectory();
    const before = await directory.open();
    {
      await using db = await connect(before.uri);
      await db.notes.insertOne({ title: 'kept' });
    }
    await before[Symbol.asyncDispose]();

    await using after = await directory.open();
    await using db = await connect(after.uri);
    expect(after.uri).toBe(before.uri);
    expect(await db.notes.findOne()).toMatchObject({ title: 'kept' });
    expect(directory.reported).toEqual([]);
  });

  test('moves with its data when somebody else has its port', async () => {
    await using directory = await embeddedDirectory();
    const before = await directory.open();
    {
      await using db = await connect(before.uri);
      await db.notes.insertOne({ title: 'moved' });
    }
    await before[Symbol.asyncDispose]();
    // It closes what connects: the server asks its old address whether that is itself, and waits for the answer.
    const squatter = createServer((socket) => socket.destroy()).listen(portOf(before.uri), '127.0.0.1');
    await once(squatter, 'listening');
    try {
      await using after = await directory.open();
      await using db = await connect(after.uri);
      expect(portOf(after.uri)).not.toBe(portOf(before.uri));
      expect(directory.reported).toEqual([
        expect.stringMatching(/^Port \d+ of .* is taken; it moves to \d+$/),
      ]);
      expect(await db.notes.findOne()).toMatchObject({ title: 'moved' });
      await db.notes.insertOne({ title: 'writable' }, { writeConcern: { w: 'majority' } });
    } finally {
      squatter.close();
    }
  });

  test('tries another port when the chosen one is lost before it is bound', async () => {
    await using directory = await embeddedDirectory();
    // Takes the port in the moment between the choice and the bind, the first time only.
    const squat = `const s = require('net').createServer().listen(process.argv[1], '127.0.0.1'); setTimeout(() => s.close(), 3000)`;
    const binary = join(directory.path, 'mongod');
    const script = [
      '#!/bin/sh',
      `if mkdir '${directory.path}/squatted' 2>/dev/null; then`,
      `  for last; do [ "$word" = --port ] && port=$last; word=$last; done`,
      `  '${process.execPath}' -e "${squat}" "$port" & sleep 0.5`,
      'fi',
      `exec '${await testMongod()}' "$@"`,
    ];
    await writeFile(binary, script.join('\n'));
    await chmod(binary, 0o755);
    await using server = await directory.open({ binary: () => Promise.resolve(binary), stopMs: 100 });
    expect(server.role).toBe('started');
    expect(await readFile(server.logPath, 'utf8')).toContain('Address already in use');
  });

  test('starts with its data though the state file is damaged', async () => {
    await using directory = await embeddedDirectory();
    const before = await directory.open();
    await before[Symbol.asyncDispose]();
    await writeFile(join(directory.home, 'server.json'), 'not JSON');
    await using after = await directory.open();
    await using db = await connect(after.uri);
    await db.notes.insertOne({ title: 'writable' });
  });

  test('runs with the cache it was given, the idle-handle sweep, and on the loopback only', async () => {
    await using directory = await embeddedDirectory();
    await using server = await directory.open({ cacheSizeGB: 0.5, stopMs: 100 });
    await using db = await connect(server.uri);
    const { parsed } = await db.client.db('admin').command({ getCmdLineOpts: 1 });
    expect(parsed).toMatchObject({
      net: { bindIp: '127.0.0.1' },
      storage: {
        wiredTiger: {
          engineConfig: { cacheSizeGB: 0.5, configString: expect.stringContaining('close_idle_time=20') },
        },
      },
    });
    if (process.platform === 'linux') expect(server.openFileLimit).toBeGreaterThanOrEqual(1_024);
  });

  test('tells in one line why it did not start and where its log is', async () => {
    await using directory = await embeddedDirectory();
    const before = await directory.open({ stopMs: 100 });
    await before[Symbol.asyncDispose]();
    await writeFile(join(directory.home, 'data', 'WiredTiger.turtle'), 'damaged');
    const failure = await directory.open().catch((error: unknown) => error as Error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message).toMatch(
      /^mongod did not start \((exit code|signal) \w+\): .+; its log is \S+mongod\.log$/,
    );
  });

  test('does not hide that the binary cannot be executed', async () => {
    await using directory = await embeddedDirectory();
    const opening = directory.open({ binary: () => Promise.resolve(join(directory.path, 'nothing-here')) });
    await expect(opening).rejects.toThrow(
      /^mongod did not start \(exit code 127\): .*nothing-here.*; its log is /,
    );
  });
});
