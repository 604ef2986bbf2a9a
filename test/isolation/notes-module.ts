import { EventEmitter } from 'node:events';
import DataLoader from 'dataloader';
import { type mongo, Schema } from 'mongoose';
import { builder } from '../../src/graphql/builder.ts';
import { eventSource } from '../../src/graphql/event-stream.ts';
import { localId } from '../../src/graphql/global-id.ts';
import { found } from '../../src/graphql/not-found.ts';
import { pageOf } from '../../src/graphql/paging.ts';
import { allow } from '../../src/graphql/rules.ts';
import { UserErrorObject, withUserErrors } from '../../src/graphql/user-errors.ts';
import { uuidv7 } from '../../src/lib/uuid.ts';
import type { Module } from '../../src/modules/module.ts';
import { defineModel, type Stored } from '../../src/mongo/model.ts';
import type { Scope } from '../../src/shell/scope.ts';
import type { ModuleAudits } from './kit.ts';

interface Note extends Stored {
  title: string;
}

const noteModel = defineModel<Note>(
  'notes',
  new Schema<Note>({ _id: String, title: { type: String, required: true } }),
);

const subGraphs = ['notes'];
const notesOf = (scope: Scope) => scope.model(noteModel);

const NoteObject = builder.node(builder.objectRef<Note>('Note'), {
  name: 'Note',
  subGraphs,
  id: { resolve: ({ _id }) => _id },
  fields: (t) => ({ title: t.exposeString('title') }),
});

type Read = (id: string, scope: Scope) => Promise<Note | null>;

/** Where every note of the process is: what no gateway should have. */
const homes = new Map<string, mongo.Collection<Note>>();

/** Warmed by whoever asks first. */
let shared: DataLoader<string, Note | null> | undefined;

/** By field: how a note is found. All but the first are faults that real gateways had. */
const READS: Record<string, Read> = {
  note: (id, scope) => notesOf(scope).findOne({ _id: id }),
  noteWhereverItIs: async (id, scope) =>
    (await homes.get(id)?.findOne({ _id: id })) ?? notesOf(scope).findOne({ _id: id }),
  noteBySharedLoader: (id, scope) =>
    (shared ??= new DataLoader((ids) =>
      Promise.all(ids.map((one) => notesOf(scope).findOne({ _id: one }))),
    )).load(id),
  noteThatIsCounted: async (id, scope) => {
    if (homes.has(id)) await notesOf(scope).count({});
    return notesOf(scope).findOne({ _id: id });
  },
};

for (const [name, read] of Object.entries(READS)) {
  builder.queryField(name, (t) =>
    t.field({
      type: NoteObject,
      nullable: true,
      subGraphs,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { scope }) => found(await read(found(localId('Note', id)), scope)),
    }),
  );
}

/** By field: what marks the cursors of a list. A mark without the tenant is as good in another one. */
const LISTS: Record<string, (scope: Scope) => string> = {
  notes: ({ tenant }) => `${tenant.id} notes`,
  notesWithLooseCursors: () => 'notes',
};

for (const [name, mark] of Object.entries(LISTS)) {
  builder.queryField(name, (t) =>
    t.connection(
      {
        type: NoteObject,
        subGraphs,
        nullable: true,
        resolve: (_root, page, { scope }) =>
          pageOf(notesOf(scope), {
            filter: {},
            page,
            order: { path: '_id', direction: 'ASC' },
            list: mark(scope),
          }),
      },
      { name: `${name[0]?.toUpperCase()}${name.slice(1)}Connection`, subGraphs },
      { name: `${name[0]?.toUpperCase()}${name.slice(1)}Edge`, subGraphs },
    ),
  );
}

builder.relayMutationField(
  'createNote',
  { inputFields: (t) => ({ title: t.string({ required: true }) }) },
  {
    subGraphs,
    nullable: true,
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        const note = await notesOf(scope).insert({ _id: uuidv7(), title: input.title });
        homes.set(note._id, scope.shell.collections.of(noteModel));
        return { note };
      }),
  },
  {
    outputFields: (t) => ({
      note: t.field({ type: NoteObject, nullable: true, resolve: ({ note }) => note ?? null }),
      userErrors: t.field({ type: [UserErrorObject], resolve: ({ userErrors }) => userErrors }),
    }),
  },
);

builder.relayMutationField(
  'renameNoteWhereverItIs',
  { inputFields: (t) => ({ id: t.id({ required: true }), title: t.string({ required: true }) }) },
  {
    subGraphs,
    nullable: true,
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => {
        const id = found(localId('Note', input.id));
        const collection = homes.get(id) ?? scope.shell.collections.of(noteModel);
        const changes = { $set: { title: input.title } };
        const note = found(await collection.findOneAndUpdate({ _id: id }, changes));
        renames.emit('rename', { tenant: scope.tenant.id, id });
        return { note };
      }),
  },
  {
    outputFields: (t) => ({
      note: t.field({ type: NoteObject, nullable: true, resolve: ({ note }) => note ?? null }),
      userErrors: t.field({ type: [UserErrorObject], resolve: ({ userErrors }) => userErrors }),
    }),
  },
);

interface Rename {
  tenant: string;
  id: string;
}

/** One for the process: whoever listens must say to whom. */
const renames = new EventEmitter<{ rename: [Rename] }>().setMaxListeners(0);

/** By field: whether a subscriber is told of a rename, and what it meets at the start. All but the first are faulty. */
const SUBSCRIPTIONS: Record<
  string,
  { isTold(rename: Rename, scope: Scope): boolean; begin?(id: string | undefined): void }
> = {
  noteRenamed: { isTold: ({ tenant }, scope) => tenant === scope.tenant.id },
  noteRenamedAnywhere: { isTold: () => true },
  noteRenamedIfThere: {
    isTold: ({ tenant }, scope) => tenant === scope.tenant.id,
    begin: (id) => void (id !== undefined && found(homes.get(id))),
  },
};

for (const [name, { isTold, begin }] of Object.entries(SUBSCRIPTIONS)) {
  builder.subscriptionField(name, (t) =>
    t.field({
      type: NoteObject,
      nullable: true,
      subGraphs,
      args: { id: t.arg.id() },
      subscribe: (_root, { id }, context) => {
        const wanted = id == null ? undefined : (localId('Note', id) ?? '');
        begin?.(wanted);
        return eventSource<Rename>(context, ({ push }) => {
          const onRename = (rename: Rename) => {
            if ((wanted ?? rename.id) === rename.id && isTold(rename, context.scope)) push(rename);
          };
          renames.on('rename', onRename);
          return () => void renames.off('rename', onRename);
        });
      },
      resolve: ({ id }, _args, { scope }) => notesOf(scope).findOne({ _id: id }),
    }),
  );
}

const fields = [...Object.keys(READS), ...Object.keys(LISTS)];
const mutations = ['createNote', 'renameNoteWhereverItIs'];

/** A module as anyone adds one, with a sound field of each kind and faulty ones beside them. */
export const notes: Module = {
  id: 'notes',
  version: '1.0.0',
  dependsOn: [],
  isAlwaysOn: false,
  migrations: [],
  rules: {
    Query: Object.fromEntries(fields.map((field) => [field, allow])),
    Subscription: Object.fromEntries(Object.keys(SUBSCRIPTIONS).map((field) => [field, allow])),
    Mutation: Object.fromEntries(mutations.map((field) => [field, allow])),
    ...Object.fromEntries(
      [
        'Note',
        'NotesConnection',
        'NotesEdge',
        'NotesWithLooseCursorsConnection',
        'NotesWithLooseCursorsEdge',
        'CreateNotePayload',
        'RenameNoteWhereverItIsPayload',
      ].map((type) => [type, allow]),
    ),
  },
  nodes: { Note: { scope: null, load: (scope, id) => READS['note']!(id, scope) } },
};

/** All that whoever adds it writes for its audits. */
export const notesAudits: ModuleAudits = {
  module: 'notes',
  canaries: {
    async Note({ mutate, marker }) {
      const { note } = await mutate<{ note: { id: string } }>(
        'createNote',
        { title: `${marker} note` },
        'note { id }',
      );
      return note.id;
    },
  },
  events: Object.fromEntries(
    Object.keys(SUBSCRIPTIONS).map((field) => [
      field,
      async ({ mutate, canary, marker, fresh }) => {
        const title = `${marker} renamed ${fresh()}`;
        await mutate('renameNoteWhereverItIs', { id: canary('Note')['id'], title }, 'note { id }');
        return title;
      },
    ]),
  ),
};
