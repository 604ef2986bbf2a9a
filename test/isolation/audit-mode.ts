import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTenantSchemas } from '../../src/graphql/tenant-schemas.ts';
import { modules } from '../../src/modules/index.ts';
import type { PlacementMode } from '../../src/tenancy/tenant.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { moduleAudits } from './audits/index.ts';
import { auditsOf } from './kit/audit.ts';
import { openStage } from './kit/open-stage.ts';
import { runAudit, type Stage } from './kit/run-audit.ts';

/** One test for each audit of the whole schema, with both tenants placed in one mode. */
export function auditMode(mode: PlacementMode): void {
  const { superset: schema } = createTenantSchemas(modules);
  const { audits } = auditsOf(schema, moduleAudits);
  let gateway: TestGateway;
  let stage: Stage & AsyncDisposable;

  beforeAll(async () => {
    gateway = await startGateway();
    stage = await openStage({ gateway, schema, modules: moduleAudits }, mode);
  });

  afterAll(async () => {
    // Absent when making it failed, which is told then.
    await (stage as typeof stage | undefined)?.[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  describe(`in mode ${mode}, what another tenant has is what nobody has:`, () => {
    test.each(audits)('$name', async (audit) => {
      expect(await runAudit(stage, audit)).toEqual([]);
    });
  });
}
