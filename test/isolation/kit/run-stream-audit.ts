import { eventually } from '../../support/eventually.ts';
import type { Audit, StreamAudit } from './audit.ts';
import { type AuditTenant, type Way, WAYS } from './audit-tenant.ts';
import { callOf, ownArguments, withValue } from './call.ts';
import { comparable } from './comparable.ts';
import type { Listener } from './listener.ts';
import { nobodys } from './nobodys.ts';
import { ATTEMPTS, type Actor, type Stage } from './run-audit.ts';
import { isOf, isOwnBusiness, textOf } from './seen-commands.ts';
import { restore } from './snapshot.ts';

/** Number of the canaries that something happens to. */
const CANARY = 0;

/**
 * Audits one field of `Subscription`: strangers subscribe with what the owner has, something happens that the owner is
 * told of by the very same subscription, and the strangers hear nothing.
 *
 * @param withinMs - how soon an owner must be told.
 * @returns what is wrong.
 * @throws when an owner is not told: then nobody listens to anything.
 */
export async function runStreamAudit(
  stage: Stage,
  audit: StreamAudit,
  { withinMs = 10_000 } = {},
): Promise<string[]> {
  const faults: string[] = [];
  for (const [index, way] of WAYS.entries()) {
    const stranger = stage.strangers[index % stage.strangers.length];
    if (stranger === undefined) throw new Error('no stranger');
    let found: string[] = [];
    // A leak is there each time.
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const open: Listener[] = [];
      try {
        found = await overhear(stage, audit, { way, stranger, open, withinMs });
      } finally {
        for (const listener of open) listener[Symbol.dispose]();
        for (const { tenant, has } of [stage.owner, stranger]) await restore(stage.gateway, tenant, has);
      }
      if (found.length === 0) break;
    }
    faults.push(...found.map((fault) => `${stranger.tenant.record.identifier} by ${way}: ${fault}`));
  }
  return faults;
}

interface Eavesdropping {
  way: Way;
  stranger: Actor;
  /** Whoever listens, to be hung up in the end. */
  open: Listener[];
  withinMs: number;
}

async function overhear(
  stage: Stage,
  { name, probes }: StreamAudit,
  { way, stranger, open, withinMs }: Eavesdropping,
): Promise<string[]> {
  const happen = stage.told.events[name];
  if (happen === undefined) return ['nothing tells how one of its events happens'];
  const [owner, other] = [stage.owner.tenant, stranger.tenant];
  const listen = async (tenant: AuditTenant, by: Way, probe?: Audit, value?: unknown) => {
    const { query, variables } = subscriptionOf(stage, name, tenant, { probe, value });
    const listener = await tenant.listen(by, query, variables);
    open.push(listener);
    return listener;
  };
  /** Something happens to a tenant; those who must be told of it are. */
  const tell = async (tenant: AuditTenant, listeners: readonly Listener[]): Promise<void> => {
    const said = await happen(tenant.maker(CANARY));
    await eventually(() => {
      const deaf = listeners.find((listener) => !listener.text().includes(said));
      if (deaf !== undefined) throw new Error(`nobody told of ${said}: ${deaf.status} ${deaf.text()}`);
    }, withinMs);
  };

  const own = await listen(other, way);
  const proofs = [await listen(owner, 'prefix')];
  for (const probe of probes)
    proofs.push(await listen(owner, 'prefix', probe, probe.value(owner.owner(CANARY))));
  // What happened before, when other audits put back what they had changed, is told before this.
  await tell(other, [own]);
  await tell(owner, proofs);

  const faults: string[] = [];
  const begin = async (probe: Audit, value: unknown) => {
    await stage.watch.take();
    const listener = await listen(other, way, probe, value);
    const commands = (await stage.watch.take()).filter((command) => !isOwnBusiness(stage, command));
    const touched = commands.filter((command) => isOf(owner, command));
    if (touched.length > 0) faults.push(`what the owner has was asked for: ${JSON.stringify(touched)}`);
    const said = commands.map((command) => textOf(command, other)).sort();
    return { name: probe.leaf.path.join('.'), listener, value, commands: said.join('; ') };
  };
  const pairs = [];
  for (const probe of probes) {
    const theirs = probe.value(owner.owner(CANARY));
    pairs.push([await begin(probe, theirs), await begin(probe, nobodys(theirs, owner.marker))] as const);
  }

  /** How much the stranger hears of something in its own house, and of the same after something in another's. */
  const counted = async (...happening: readonly (() => Promise<void>)[]) => {
    const before = own.count();
    for (const one of happening) await one();
    return own.count() - before;
  };
  const inOwn = () => tell(other, [own]);
  const alone = await counted(inOwn);
  const together = await counted(() => tell(owner, proofs), inOwn);
  if (together !== alone) faults.push(`heard of what happened to the owner: ${own.text()}`);

  for (const pair of pairs) {
    const [foreign, nobody] = pair.map(({ listener, value }) => {
      const { status, headers } = listener;
      return comparable({ status, headers, data: { sent: listener.text() } }, value);
    });
    if (foreign !== nobody) faults.push(`told apart by answer: ${foreign} / ${nobody}`);
    if (pair[0].commands !== pair[1].commands)
      faults.push(`told apart by commands: ${pair[0].commands} / ${pair[1].commands}`);
    const heard = pair.filter(({ listener }) => listener.count() > 0);
    faults.push(...heard.map(({ name, listener }) => `${name} was told: ${listener.text()}`));
  }
  const all = [own, ...pairs.flatMap((pair) => pair.map(({ listener }) => listener))];
  const leak = all.find((listener) => listener.text().includes(owner.marker));
  // What was asked for may be repeated to whoever asked, in an error.
  if (leak !== undefined && leak.count() > 0) faults.push(`the canary was told: ${leak.text()}`);
  return faults;
}

function subscriptionOf(
  { schema, told }: Stage,
  field: string,
  tenant: AuditTenant,
  { probe, value }: { probe: Audit | undefined; value: unknown },
) {
  const called = probe?.leaf ?? { parent: 'Subscription', field };
  const owner = tenant.owner(CANARY);
  const own = ownArguments(schema, called, told, owner);
  const args =
    probe === undefined ? own : withValue(schema, called, own, { at: probe.at, value, told, owner });
  return callOf(schema, called, args, { owner, asked: probe?.target });
}
