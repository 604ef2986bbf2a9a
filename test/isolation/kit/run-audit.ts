import type { GraphQLReply } from '../../support/request.ts';
import type { Audit, Told } from './audit.ts';
import type { AuditTenant, Way } from './audit-tenant.ts';
import { WAYS } from './audit-tenant.ts';
import { type Call, callOf, ownArguments, withValue } from './call.ts';
import { comparable } from './comparable.ts';
import type { DatabaseWatch, SeenCommand } from './database-watch.ts';
import type { Owner } from './module-audits.ts';
import { nobodys, nobodysCursor } from './nobodys.ts';
import { restore, type Snapshot, snapshotOf } from './snapshot.ts';
import type { AuditedGateway } from './audit-tenant.ts';

/** Two tenants at one place, and what they have. */
export interface Stage extends AuditedGateway {
  told: Told;
  /** Whose canaries are asked for. */
  owner: AuditTenant;
  /** Who asks for them. */
  stranger: AuditTenant;
  ownerHas: Snapshot;
  strangerHas: Snapshot;
  watch: DatabaseWatch;
}

/** A call as often as two answers may differ by chance: a cache that expired, a feed that came back. */
const ATTEMPTS = 3;

/** Numbers of the canaries that a proof may take. */
const CANARIES = [0, 1];

/**
 * Runs one audit.
 *
 * @returns what is wrong; nothing when what the owner has is to the stranger what nobody has.
 */
export async function runAudit(stage: Stage, audit: Audit): Promise<string[]> {
  const proven = await prove(stage, audit);
  if (typeof proven === 'string') return [proven];
  const faults: string[] = [];
  for (const way of WAYS) {
    for (let attempt = 1; ; attempt += 1) {
      const found = await compare(stage, audit, way, proven);
      if (found.length === 0) break;
      // A leak is there each time.
      if (attempt < ATTEMPTS) continue;
      faults.push(...found.map((fault) => `by ${way}: ${fault}`));
      break;
    }
  }
  return faults;
}

/** Finds the canary whose owner is answered it; an audit that nobody could be answered proves nothing. */
async function prove(stage: Stage, audit: Audit): Promise<number | string> {
  const { owner, gateway, ownerHas } = stage;
  const answers: string[] = [];
  for (const index of CANARIES) {
    await stage.told.prepare[audit.leaf.field]?.(owner.maker(index));
    const self = owner.owner(index);
    const call = probe(stage, audit, self, audit.value(self));
    const reply = await owner.call('prefix', call.query, call.variables);
    if (isWrite(audit)) await restore(gateway, owner, ownerHas);
    if (audit.kind === 'choice' ? isUnderstood(reply) : isAnswered(reply, audit, self)) return index;
    answers.push(JSON.stringify([reply.data, reply.errors]));
  }
  return `its owner is not answered its canary, so this asks for nothing: ${answers.join('; ')}`;
}

function isUnderstood({ errors, data }: GraphQLReply): boolean {
  return errors === undefined && data != null;
}

/** True when the answer holds a text of the owner, or the very id that was asked for, and nothing went wrong. */
function isAnswered(reply: GraphQLReply, audit: Audit, self: Owner): boolean {
  const text = JSON.stringify(reply.data);
  const payload = reply.data?.[audit.leaf.field] as
    { userErrors?: unknown[]; deletedId?: string } | null | undefined;
  if (!isUnderstood(reply) || (payload?.userErrors ?? []).length > 0) return false;
  return text.includes(self.marker) || payload?.deletedId != null;
}

async function compare(stage: Stage, audit: Audit, way: Way, index: number): Promise<string[]> {
  const { owner, stranger, gateway, told } = stage;
  const faults: string[] = [];
  const answers: { text: string; commands: string[]; value: unknown }[] = [];
  const theirs = audit.value(owner.owner(index));
  await told.prepare[audit.leaf.field]?.(owner.maker(index));
  const before = isWrite(audit) ? await snapshotOf(gateway, owner) : undefined;
  for (const value of [theirs, missing(audit, theirs, owner.marker)]) {
    await told.prepare[audit.leaf.field]?.(stranger.maker(index));
    const { query, variables } = probe(stage, audit, stranger.owner(index), value);
    // Whatever a first request does once is not what is compared.
    await stranger.call(way, '{ tenant { identifier } viewer { kind } }', {});
    await stage.watch.take();
    const reply = await stranger.call(way, query, variables);
    const commands = (await stage.watch.take()).filter((command) => !isLookUp(stage, command));
    answers.push({ text: comparable(reply, value), commands: commands.map((one) => of(stage, one)), value });
    const touched = commands.filter((command) => isOf(owner, command) && !isOf(stranger, command));
    if (touched.length > 0) faults.push(`the owner's database was asked: ${JSON.stringify(touched)}`);
    if (reply.status >= 500) faults.push(`status ${reply.status}`);
    const code = reply.errors?.[0]?.extensions.code ?? '';
    if (['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED'].includes(code))
      faults.push(JSON.stringify(reply.errors));
    if (isWrite(audit)) await restore(gateway, stranger, stage.strangerHas);
  }
  const [foreign, nobody] = answers;
  if (foreign?.text !== nobody?.text) {
    faults.push(`told apart by the answer: ${foreign?.text} / ${nobody?.text}`);
  }
  if (JSON.stringify(foreign?.commands) !== JSON.stringify(nobody?.commands)) {
    faults.push(
      `told apart by the commands: ${foreign?.commands.join('; ')} / ${nobody?.commands.join('; ')}`,
    );
  }
  if (foreign?.text.includes(owner.marker) === true)
    faults.push(`the owner's canary was answered: ${foreign.text}`);
  if (before !== undefined) {
    const after = await snapshotOf(gateway, owner);
    if (after.text !== before.text) faults.push('what the owner has was changed');
    await restore(gateway, owner, stage.ownerHas);
  }
  return faults;
}

function probe({ schema, told }: Stage, { leaf, at, target }: Audit, self: Owner, value: unknown): Call {
  const args = withValue(schema, leaf, ownArguments(schema, leaf, told, self), {
    at,
    value,
    told,
    owner: self,
  });
  return callOf(schema, leaf, args, { owner: self, asked: target });
}

function missing({ isCursor }: Audit, theirs: unknown, marker: string): unknown {
  return isCursor ? nobodysCursor(String(theirs)) : nobodys(theirs, marker);
}

function isWrite({ leaf }: Audit): boolean {
  return leaf.parent === 'Mutation';
}

function isOf({ record: { placement } }: AuditTenant, { namespace }: SeenCommand): boolean {
  return namespace.startsWith(`${placement.database}.${placement.prefix}`);
}

/** The directory reads a record again when its tenant was changed, whenever the feed of changes gets to it. */
function isLookUp({ gateway }: Stage, { namespace, shape }: SeenCommand): boolean {
  const { databaseName } = gateway.app.platform.control.db;
  return namespace === `${databaseName}.tenants` && shape.startsWith('query') && shape.includes('"names"');
}

/** A command without the names of the tenant's database. */
function of({ stranger }: Stage, { namespace, shape }: SeenCommand): string {
  const { database, prefix } = stranger.record.placement;
  return `${namespace.replace(`${database}.${prefix}`, '')} ${shape}`;
}
