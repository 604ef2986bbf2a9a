import type { GraphQLReply } from '../../support/request.ts';
import type { Audit, Told } from './audit.ts';
import { type AuditedGateway, type AuditTenant, type Way, WAYS } from './audit-tenant.ts';
import { type Call, callOf, ownArguments, withValue } from './call.ts';
import { comparable } from './comparable.ts';
import type { DatabaseWatch } from './database-watch.ts';
import type { Owner } from './module-audits.ts';
import { nobodys, nobodysCursor } from './nobodys.ts';
import { isChange, isOf, isOwnBusiness, textOf } from './seen-commands.ts';
import { restore, type Snapshot } from './snapshot.ts';

/** A tenant, and what it has between two audits. */
export interface Actor {
  tenant: AuditTenant;
  has: Snapshot;
}

/** Tenants placed in one mode. */
export interface Stage extends AuditedGateway {
  told: Told;
  /** Whose canaries are asked for. */
  owner: Actor;
  /** Who ask for them: one on the owner's server, one on another. */
  strangers: readonly Actor[];
  watch: DatabaseWatch;
}

/** A call as often as two answers may differ by chance: a cache that expired, a feed that came back. */
export const ATTEMPTS = 3;

/** Numbers of the canaries that a proof may take. */
const CANARIES = [0, 1];

/** What one request caused, as far as it can be told from another. */
interface Trace {
  answer: string;
  commands: string;
}

/**
 * Runs one audit.
 *
 * @returns what is wrong; nothing when what the owner has is to strangers what nobody has.
 */
export async function runAudit(stage: Stage, audit: Audit): Promise<string[]> {
  const proven = await prove(stage, audit);
  if (typeof proven === 'string') return [proven];
  const faults: string[] = [];
  for (const [index, way] of WAYS.entries()) {
    const stranger = stage.strangers[index % stage.strangers.length];
    if (stranger === undefined) throw new Error('no stranger');
    let found: string[] = [];
    // A leak is there each time.
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      found = await compare(stage, audit, { way, stranger, index: proven });
      if (found.length === 0) break;
    }
    faults.push(...found.map((fault) => `${stranger.tenant.record.identifier} by ${way}: ${fault}`));
  }
  return faults;
}

/** Finds the canary whose owner is answered it; an audit that nobody could be answered proves nothing. */
async function prove(stage: Stage, audit: Audit): Promise<number | string> {
  const { tenant, has } = stage.owner;
  const answers: string[] = [];
  for (const index of CANARIES) {
    await stage.told.prepare[audit.leaf.field]?.(tenant.maker(index));
    const self = tenant.owner(index);
    const { query, variables } = probe(stage, audit, self, audit.value(self));
    const reply = await tenant.call('prefix', query, variables);
    if (isWrite(audit)) await restore(stage.gateway, tenant, has);
    if (audit.kind === 'choice' ? isUnderstood(reply) : isAnswered(reply, audit, self)) return index;
    answers.push(JSON.stringify([reply.data, reply.errors]));
  }
  return `its owner is not answered its canary, so this asks for nothing: ${answers.join('; ')}`;
}

function isUnderstood({ errors, data }: GraphQLReply): boolean {
  return errors === undefined && data != null;
}

/** True when the answer holds a text of the owner, or the very id that was asked for, and nothing went wrong. */
function isAnswered(reply: GraphQLReply, { leaf }: Audit, self: Owner): boolean {
  const payload = reply.data?.[leaf.field] as
    { userErrors?: unknown[]; deletedId?: string } | null | undefined;
  if (!isUnderstood(reply) || (payload?.userErrors ?? []).length > 0) return false;
  return JSON.stringify(reply.data).includes(self.marker) || payload?.deletedId != null;
}

interface Comparison {
  way: Way;
  stranger: Actor;
  /** Number of the canaries. */
  index: number;
}

async function compare(stage: Stage, audit: Audit, comparison: Comparison): Promise<string[]> {
  const { gateway, told } = stage;
  const { tenant: owner, has } = stage.owner;
  const { index } = comparison;
  const faults: string[] = [];
  const prepare = told.prepare[audit.leaf.field];
  await prepare?.(owner.maker(index));

  const theirs = audit.value(owner.owner(index));
  const foreign = await trace(stage, audit, comparison, theirs, faults);
  const nobodysValue = audit.isCursor ? nobodysCursor(String(theirs)) : nobodys(theirs, owner.marker);
  const nobody = await trace(stage, audit, comparison, nobodysValue, faults);

  const differing = (what: keyof Trace) =>
    foreign[what] === nobody[what] ? [] : [`told apart by ${what}: ${foreign[what]} / ${nobody[what]}`];
  faults.push(...differing('answer'), ...differing('commands'));
  if (foreign.answer.includes(owner.marker)) faults.push(`the canary was answered: ${foreign.answer}`);
  if (prepare !== undefined) await restore(gateway, owner, has);
  return faults;
}

/** Sends the stranger's request with a value in it, and puts back what it changed. */
async function trace(
  stage: Stage,
  audit: Audit,
  { way, stranger, index }: Comparison,
  value: unknown,
  faults: string[],
): Promise<Trace> {
  const { tenant, has } = stranger;
  const prepare = stage.told.prepare[audit.leaf.field];
  await prepare?.(tenant.maker(index));
  const { query, variables } = probe(stage, audit, tenant.owner(index), value);
  await stage.watch.take();
  const reply = await tenant.call(way, query, variables);
  const commands = (await stage.watch.take()).filter((command) => !isOwnBusiness(stage, command));
  const touched = commands.filter((command) => isOf(stage.owner.tenant, command));
  if (touched.length > 0) faults.push(`what the owner has was asked for: ${JSON.stringify(touched)}`);
  if (reply.status >= 500) faults.push(`status ${reply.status}`);
  const code = reply.errors?.[0]?.extensions.code ?? '';
  if (/^GRAPHQL_/.test(code)) faults.push(`this is no call: ${JSON.stringify(reply.errors)}`);
  if (prepare !== undefined || commands.some(isChange)) await restore(stage.gateway, tenant, has);
  // Fields run side by side: the order is chance.
  const said = commands.map((command) => textOf(command, tenant)).sort();
  return { answer: comparable(reply, value), commands: said.join('; ') };
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

function isWrite({ leaf }: Audit): boolean {
  return leaf.parent === 'Mutation';
}
