import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTenantSchemas } from '../../src/graphql/tenant-schemas.ts';
import type { Module } from '../../src/modules/module.ts';
import type { PlacementMode } from '../../src/tenancy/tenant.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { auditsOf } from './kit/audit.ts';
import type { ModuleAudits } from './kit/module-audits.ts';
import { openStage } from './kit/open-stage.ts';
import { runAudit, type Stage } from './kit/run-audit.ts';
import { runStreamAudit } from './kit/run-stream-audit.ts';

export { type Audit, type Audits, auditsOf, type StreamAudit } from './kit/audit.ts';
export type { Canary, Maker, ModuleAudits, Owner, Value } from './kit/module-audits.ts';
export { openStage } from './kit/open-stage.ts';
export { runAudit, type Stage } from './kit/run-audit.ts';
export { runStreamAudit } from './kit/run-stream-audit.ts';

export interface IsolationOptions {
  /** The modules the audited gateway has. Import them before the call: their types register themselves. */
  modules: readonly Module[];
  /** What each of them tells the kit. */
  audits: readonly ModuleAudits[];
  /** Where the tenants' data lives. */
  mode: PlacementMode;
}

/**
 * Declares one test for each place of the schema where a caller can name something: an id, a cursor, a slug, a filter,
 * a text that is stored. Each test calls the field over HTTP as strangers, on the owner's server and on another one, by
 * host, prefix and claim, once with what the owner has and once with what nobody has. The two must be alike in
 * status, headers, body and in the commands the servers' profilers saw; the owner's collections must see none. It
 * counts only if the owner is answered a canary by the same call. To each subscription strangers subscribe with what the
 * owner has while it tells the owner a canary, and must hear nothing. A place without an audit fails a test of its own.
 *
 * @example
 * // test/isolation/audits-database.test.ts
 * auditIsolation({ modules, audits: moduleAudits, mode: 'DATABASE' });
 */
export function auditIsolation({ modules, audits: told, mode }: IsolationOptions): void {
  const { superset: schema } = createTenantSchemas(modules);
  const { audits, streams, gaps } = auditsOf(schema, told);
  let gateway: TestGateway;
  let stage: (Stage & AsyncDisposable) | undefined;

  beforeAll(async () => {
    // A dedicated tenant beside its stranger on one server, which is the control database's as well.
    gateway = await startGateway({ ALLOWED_MONGODB_HOSTS: '127.0.0.1' }, { modules });
    stage = await openStage({ gateway, schema, modules: told }, mode);
  });

  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  test('every place where a caller can name something has an audit', () => {
    expect(gaps).toEqual([]);
  });

  describe(`in mode ${mode}, what another tenant has is what nobody has:`, () => {
    test.each(audits)('$name', async (audit) => {
      expect(await runAudit(stage!, audit)).toEqual([]);
    });
    test.each(streams)('$name', async (stream) => {
      expect(await runStreamAudit(stage!, stream)).toEqual([]);
    });
  });
}
