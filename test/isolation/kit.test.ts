import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTenantSchemas } from '../../src/graphql/tenant-schemas.ts';
import { modules } from '../../src/modules/index.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { moduleAudits } from './audits/index.ts';
import { auditsOf, openStage, runAudit, runStreamAudit, type Stage } from './kit.ts';
import { notes, notesAudits } from './notes-module.ts';

const all = [...modules, notes];
const told = [...moduleAudits, notesAudits];
const { superset: schema } = createTenantSchemas(all);
const { audits, streams } = auditsOf(schema, told);

let gateway: TestGateway;
let stage: Stage & AsyncDisposable;

beforeAll(async () => {
  gateway = await startGateway({}, { modules: all });
  stage = await openStage({ gateway, schema, modules: told }, 'DATABASE');
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

async function faultsOf(name: string): Promise<string> {
  const audit = audits.find((candidate) => candidate.name === name);
  if (audit === undefined) throw new Error(`no audit ${name}`);
  return (await runAudit(stage, audit)).join('\n');
}

test('a module that tells how its canary is made has an audit of every place', () => {
  const own = audits.filter(({ name }) => /notes?/i.test(name)).map(({ name }) => name);
  expect(own.sort()).toEqual([
    'createNote.input.title',
    'node.id of Note',
    'nodes.ids of Note',
    'note.id',
    'noteBySharedLoader.id',
    'noteThatIsCounted.id',
    'noteWhereverItIs.id',
    'notes.after',
    'notes.before',
    'notesWithLooseCursors.after',
    'notesWithLooseCursors.before',
    'renameNoteWhereverItIs.input.id',
    'renameNoteWhereverItIs.input.title',
  ]);
});

test('a module that tells nothing is named, with each of its places that names something', () => {
  const { gaps } = auditsOf(schema, moduleAudits);
  expect(gaps.map((gap) => gap.split(':')[0])).toEqual(
    expect.arrayContaining(['Note', 'note.id', 'renameNoteWhereverItIs.input.id', 'noteRenamed']),
  );
});

test.each([
  'note.id',
  'node.id of Note',
  'nodes.ids of Note',
  'notes.after',
  'notes.before',
  'createNote.input.title',
])('finds nothing wrong with %s', async (name) => {
  expect(await faultsOf(name)).toBe('');
});

test('catches a field that looks in whichever tenant has the id', async () => {
  const faults = await faultsOf('noteWhereverItIs.id');
  expect(faults).toContain('told apart by answer');
  expect(faults).toContain('the canary was answered');
  expect(faults).toContain('what the owner has was asked for');
});

test('catches a loader that is one for the process', async () => {
  const faults = await faultsOf('noteBySharedLoader.id');
  expect(faults).toContain('the canary was answered');
  expect(faults).toContain('told apart by commands');
});

test('catches a field that answers alike and asks the database once more', async () => {
  const faults = await faultsOf('noteThatIsCounted.id');
  expect(faults).toContain('told apart by commands');
  expect(faults).not.toContain('told apart by answer');
});

test('catches cursors whose mark is alike in every tenant', async () => {
  expect(await faultsOf('notesWithLooseCursors.after')).toContain('told apart by answer');
  expect(await faultsOf('notesWithLooseCursors.before')).toContain('told apart by answer');
});

test('catches a mutation that writes in whichever tenant has the id', async () => {
  const faults = await faultsOf('renameNoteWhereverItIs.input.id');
  expect(faults).toContain('what the owner has was asked for');
  expect(faults).toContain('told apart by answer');
});

async function faultsOfStream(name: string): Promise<string> {
  const stream = streams.find((candidate) => candidate.name === name);
  if (stream === undefined) throw new Error(`no stream ${name}`);
  expect(stream.probes.map((probe) => probe.name)).toEqual([`${name}.id`]);
  return (await runStreamAudit(stage, stream)).join('\n');
}

test('finds nothing wrong with a subscription that tells its own tenant', async () => {
  expect(await faultsOfStream('noteRenamed')).toBe('');
});

test('catches a subscription that tells every tenant', async () => {
  const faults = await faultsOfStream('noteRenamedAnywhere');
  expect(faults).toContain('heard of what happened to the owner');
  expect(faults).toContain('id was told');
});

test('catches a subscription that begins otherwise where somebody has the id', async () => {
  const faults = await faultsOfStream('noteRenamedIfThere');
  expect(faults).toContain('told apart by answer');
  expect(faults).not.toContain('heard of what happened');
});

test('does not count a subscription whose owner is told nothing', async () => {
  const [stream] = streams.filter(({ name }) => name === 'noteRenamed');
  const deaf = {
    ...stage,
    told: { ...stage.told, events: { noteRenamed: () => Promise.resolve('silence') } },
  };
  await expect(runStreamAudit(deaf, stream!, { withinMs: 300 })).rejects.toThrow('nobody told of silence');
});

test('does not count an audit whose owner is not answered its canary', async () => {
  const [audit] = audits.filter(({ name }) => name === 'note.id');
  const elsewhere = { ...audit!, value: () => 'nothing' };
  expect(await runAudit(stage, elsewhere)).toEqual([expect.stringContaining('asks for nothing')]);
});
