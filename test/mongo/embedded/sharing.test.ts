import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processStamp } from '../../../src/mongo/embedded/process/process-stamp.ts';
import { embeddedDirectory } from './embedded-directory.ts';
import { gatewayProcess } from './gateway-process.ts';

const isRunning = async (pid: number) => (await processStamp(pid)) !== undefined;

describe('processes that share an embedded server', () => {
  test('a second process attaches, and the last one out stops the server', async () => {
    await using directory = await embeddedDirectory();
    await using first = await directory.open();
    await using second = await gatewayProcess(directory.path);
    expect(first.role).toBe('started');
    expect(second.opened).toEqual({ uri: first.uri, pid: first.pid, role: 'attached' });

    await first[Symbol.asyncDispose]();
    expect(await isRunning(first.pid)).toBe(true);
    await second[Symbol.asyncDispose]();
    expect(await isRunning(first.pid)).toBe(false);
  });

  test('a server left behind by a killed process is adopted and then stopped', async () => {
    await using directory = await embeddedDirectory();
    await using killed = await gatewayProcess(directory.path);
    await killed.kill();
    expect(await isRunning(killed.opened.pid)).toBe(true);

    await using server = await directory.open();
    expect(server).toMatchObject({ role: 'adopted', pid: killed.opened.pid, uri: killed.opened.uri });
    expect(directory.reported).toEqual([expect.stringMatching(/^Adopted .* \(process \d+\)$/)]);
    await server[Symbol.asyncDispose]();
    expect(await isRunning(server.pid)).toBe(false);
  });

  test('a killed process among living ones does not keep the server alive', async () => {
    await using directory = await embeddedDirectory();
    await using server = await directory.open();
    await using killed = await gatewayProcess(directory.path);
    await killed.kill();
    await server[Symbol.asyncDispose]();
    expect(await isRunning(server.pid)).toBe(false);
  });

  test('openers at the same moment share one server', async () => {
    await using directory = await embeddedDirectory();
    const opening = [directory.open(), gatewayProcess(directory.path), directory.open()] as const;
    const [first, other, second] = await Promise.all(opening);
    await using _first = first;
    await using _second = second;
    await using _other = other;
    const uses = [first, second, other.opened];
    expect(new Set(uses.map(({ pid }) => pid)).size).toBe(1);
    expect(uses.filter(({ role }) => role === 'started')).toHaveLength(1);
  });

  test('a use that is closed twice leaves the others alone', async () => {
    await using directory = await embeddedDirectory();
    await using kept = await directory.open();
    const closed = await directory.open();
    await Promise.all([closed[Symbol.asyncDispose](), closed[Symbol.asyncDispose]()]);
    expect(await isRunning(kept.pid)).toBe(true);
  });

  test('a running server is found though its state file is damaged', async () => {
    await using directory = await embeddedDirectory();
    await using first = await directory.open();
    await writeFile(join(directory.home, 'server.json'), '{"pid": 12');
    await using second = await directory.open();
    expect(second).toMatchObject({ pid: first.pid, uri: first.uri, role: 'attached' });
  });

  test('a process that was given the pid of the last server is left alone', async () => {
    await using directory = await embeddedDirectory();
    const before = await directory.open();
    await before[Symbol.asyncDispose]();
    const statePath = join(directory.home, 'server.json');
    const state = JSON.parse(await readFile(statePath, 'utf8')) as object;
    await writeFile(statePath, JSON.stringify({ ...state, pid: process.pid }));
    await using after = await directory.open();
    expect(after.role).toBe('started');
    expect(after.pid).not.toBe(process.pid);
  });

  test('a server that does not answer is named together with what to do', async () => {
    await using directory = await embeddedDirectory();
    await using server = await directory.open();
    process.kill(server.pid, 'SIGSTOP');
    try {
      await expect(directory.open({ answerMs: 200 })).rejects.toThrow(
        new RegExp(
          `^mongod \\(process ${server.pid}, port \\d+\\) holds \\S+ but cannot be used: .+; stop it \\(kill ${server.pid}\\) and try again$`,
        ),
      );
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
  });
});
