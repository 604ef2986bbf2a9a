import { afterAll, beforeAll, expect, test } from 'vitest';
import { CachedDirectory } from '../../src/control-plane/cached-directory.ts';
import type { TenantRecord } from '../../src/control-plane/tenant-record.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';

let gateway: TestGateway;
let both: { acme: TestTenant; globex: TestTenant };

beforeAll(async () => {
  gateway = await startGateway();
  both = await registerBoth(gateway);
});

afterAll(() => gateway[Symbol.asyncDispose]());

/** A directory nobody feeds: what it knows it was told here. */
function ownDirectory(): CachedDirectory {
  return new CachedDirectory(gateway.app.platform.control);
}

function rename({ _id }: TenantRecord, name: string): Promise<TenantRecord | null> {
  return gateway.app.platform.control.tenants.findOneAndUpdate(
    { _id },
    { $set: { name }, $inc: { version: 1 } },
  );
}

test('what a write answered is known at once, of this tenant alone', async () => {
  const directory = ownDirectory();
  const { acme, globex } = both;
  await directory.byIdentifier('globex');
  const written = await directory.noting(rename(acme.record, 'Noted'));
  expect(Object.fromEntries(directory.knownVersions)).toEqual({
    [globex.record._id]: expect.any(Number),
    [acme.record._id]: written?.version,
  });
  expect((await directory.byIdentifier('acme'))?.name).toBe('Noted');
  expect((await directory.byIdentifier('globex'))?.name).not.toBe('Noted');
});

test('a change that is told while the write is under way makes its answer doubtful: it is read again', async () => {
  const directory = ownDirectory();
  const { _id, names } = both.acme.record;
  const writing = directory.noting(rename(both.acme.record, 'Overtaken'));
  // Another node's, which came after it on the server.
  directory.forget(_id, names);
  await writing;
  expect(directory.knownCount).toBe(0);
  await rename(both.acme.record, 'Later');
  expect((await directory.byIdentifier('acme'))?.name).toBe('Later');
});

test('the news of a version that is known already takes nothing away, of any other it does', async () => {
  const directory = ownDirectory();
  const { _id, names } = both.acme.record;
  const { version } = (await directory.byIdentifier('acme'))!;
  let told = 0;
  const stop = directory.watch(_id as never, () => (told += 1));
  directory.forget(_id, names, version);
  expect([directory.knownCount, told]).toEqual([1, 1]);
  directory.forget(_id, names, version + 1);
  expect([directory.knownCount, told]).toEqual([0, 2]);
  stop();
});

test('a name that was nobody’s is found once the news comes, also by who knows that version by then', async () => {
  const directory = ownDirectory();
  const { _id } = both.acme.record;
  const host = 'shop.example.org';
  expect(await directory.byHost(host)).toBeUndefined();
  // Another node's: asked for by its prefix between the commit and the news.
  const after = await gateway.app.platform.control.tenants.findOneAndUpdate(
    { _id },
    { $push: { names: host as never }, $inc: { version: 1 } },
  );
  await directory.byIdentifier('acme');
  directory.forget(_id, after?.names ?? [], after?.version);
  expect((await directory.byHost(host))?.identifier).toBe('acme');
  expect(directory.knownCount).toBe(1);
});

test('nothing is known of a write that matched nothing', async () => {
  const directory = ownDirectory();
  const nobody = { ...both.acme.record, _id: 'nobody' };
  expect(await directory.noting(rename(nobody, 'x'))).toBeNull();
  expect(directory.knownCount).toBe(0);
});
