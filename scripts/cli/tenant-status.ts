import { type OutputOptions, print } from './output.ts';
import { operate } from './operate.ts';
import { findTenant, TENANT_FIELDS, type TenantView } from './tenant-view.ts';
import { withApp } from './with-app.ts';

type StatusMutation = 'suspendTenant' | 'resumeTenant' | 'deleteTenant' | 'restoreTenant';

/** Moves a tenant to another status and says which it is in now. */
export function changeStatus(
  mutation: StatusMutation,
  tenant: string,
  options: OutputOptions,
  more: object = {},
): Promise<void> {
  const input = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const source = `mutation ($input: ${input}!) {
    payload: ${mutation}(input: $input) { tenant { ${TENANT_FIELDS} } userErrors { code message path } }
  }`;
  return withApp(async ({ app }) => {
    const { id } = await findTenant(app, tenant);
    const { payload } = await operate<{ payload: { tenant: TenantView } }>(app, source, {
      input: { id, ...more },
    });
    print(options, payload.tenant, () => statusLine(payload.tenant));
  });
}

function statusLine({ identifier, status, deletion }: TenantView): string {
  const outlook = status === 'DELETING' && deletion !== null ? `; ${outlookOf(deletion)}` : '';
  return `${identifier} is ${status}${outlook}`;
}

function outlookOf({ startedAt, dueAt }: NonNullable<TenantView['deletion']>): string {
  return startedAt === null && Date.parse(dueAt) > Date.now()
    ? `it can be restored until ${dueAt}`
    : 'it cannot be restored: its data is dropped as soon as its deployment answers';
}
