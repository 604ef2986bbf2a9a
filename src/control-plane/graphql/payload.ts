import type { Outcome } from '../../graphql/user-errors.ts';
import type { TenantRecord } from '../tenant-record.ts';
import type { platformBuilder } from './builder.ts';
import { TenantObject } from './tenant-graphql.ts';
import { PlatformUserError } from './user-error-graphql.ts';

/** What the fields of a payload are made of, whose mutation results in `R`. */
export type PayloadFields<R extends object> = PothosSchemaTypes.ObjectFieldBuilder<
  typeof platformBuilder.$inferSchemaTypes,
  Outcome<R>
>;

/** Payload of a mutation that changes a tenant: the tenant, or why it is as it was. */
export const tenantPayload = {
  outputFields: (t: PayloadFields<{ record: TenantRecord }>) => ({
    tenant: t.field({ type: TenantObject, nullable: true, resolve: ({ record }) => record ?? null }),
    userErrors: userErrorsField(t),
  }),
};

/** What every payload ends with. */
export function userErrorsField<R extends object>(t: PayloadFields<R>) {
  return t.field({ type: [PlatformUserError], resolve: ({ userErrors }) => userErrors });
}
