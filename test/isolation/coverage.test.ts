import { expect, test } from 'vitest';
import { createTenantSchemas } from '../../src/graphql/tenant-schemas.ts';
import { modules } from '../../src/modules/index.ts';
import { moduleAudits } from './audits/index.ts';
import { idArguments } from './id-arguments.ts';
import { auditsOf, merged } from './kit/audit.ts';
import { nameOf } from './kit/argument-leaves.ts';

const { superset } = createTenantSchemas(modules);
const { audits, streams, gaps } = auditsOf(superset, moduleAudits);

test('every place of the schema where a caller can name something has an audit', () => {
  expect(gaps).toEqual([]);
  const called = [...audits, ...streams.flatMap(({ probes }) => probes)];
  const covered = [...called.map(({ leaf }) => nameOf(leaf)), ...Object.keys(merged(moduleAudits).exempt)];
  // Found in another way than the audits are.
  expect(idArguments(superset).filter((name) => !covered.includes(name))).toEqual([]);
});
