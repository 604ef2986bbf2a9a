import type { AuditTenant } from './audit-tenant.ts';
import type { SeenCommand } from './database-watch.ts';
import type { Stage } from './run-audit.ts';

export function isChange({ shape }: SeenCommand): boolean {
  return /^(insert|update|remove) |"(insert|update|delete|findAndModify)":/.test(shape);
}

export function isOf({ record: { placement } }: AuditTenant, { namespace }: SeenCommand): boolean {
  return namespace.startsWith(`${placement.database}.${placement.prefix}`);
}

/**
 * What a node does in the control database by itself: it beats, and reads a record again when its tenant was changed,
 * whenever the feed of changes gets to it.
 */
export function isOwnBusiness({ gateway }: Stage, { namespace, shape }: SeenCommand): boolean {
  const { databaseName } = gateway.app.platform.control.db;
  const isLookUp = shape.startsWith('query') && shape.includes('"names"');
  return namespace === `${databaseName}.nodes` || (namespace === `${databaseName}.tenants` && isLookUp);
}

/** A command without the name of the tenant's database. */
export function textOf({ namespace, shape }: SeenCommand, { record: { placement } }: AuditTenant): string {
  return `${namespace.replace(`${placement.database}.${placement.prefix}`, '')} ${shape}`;
}
