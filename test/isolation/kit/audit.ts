import { getNamedType, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { type ArgumentLeaf, argumentLeaves, nameOf } from './argument-leaves.ts';
import type { ModuleAudits, Owner, Value } from './module-audits.ts';
import { objectType, targetType, typeOfNoun } from './target-type.ts';

/** One place of one field, called with what belongs to another tenant. */
export interface Audit {
  readonly name: string;
  readonly leaf: ArgumentLeaf;
  /** Where the value is put: the path of the leaf, or the beginning of it that a module has a value for. */
  readonly at: readonly string[];
  /**
   * `reference`: names something that is there; counts only if its owner is answered a canary. `choice`: a text a
   * mutation stores; what another tenant has chosen must be as free as what nobody has.
   */
  readonly kind: 'reference' | 'choice';
  /** The type the field is about, as far as the schema tells. */
  readonly target: string | undefined;
  readonly value: (owner: Owner) => unknown;
  /** True for cursors: nobody's is one of another form. */
  readonly isCursor: boolean;
}

/** A field of `Subscription`, with the places where a subscriber names something. */
export interface StreamAudit {
  readonly name: string;
  readonly probes: readonly Audit[];
}

export interface Audits {
  readonly audits: readonly Audit[];
  readonly streams: readonly StreamAudit[];
  /** Places nobody has an audit for, and what was told of places that are not there; each with what to do. */
  readonly gaps: readonly string[];
}

/** Derives the audits of a schema. */
export function auditsOf(schema: GraphQLSchema, modules: readonly ModuleAudits[]): Audits {
  const told = merged(modules);
  const typenames = Object.keys(told.canaries);
  const leaves = argumentLeaves(schema);
  const gaps: string[] = [];
  const audits = leaves.flatMap((leaf): Audit[] => {
    const name = nameOf(leaf);
    if (told.exempt[name] !== undefined) return [];
    const derived = auditsOfLeaf(schema, leaf, told, typenames);
    if (typeof derived !== 'string') return derived;
    gaps.push(`${name}: ${derived}`);
    return [];
  });
  const names = leaves.map(nameOf);
  const fields = leaves.map(({ field }) => field);
  for (const path of [...Object.keys(told.values), ...Object.keys(told.exempt)]) {
    if (!names.some((name) => name === path || name.startsWith(`${path}.`)))
      gaps.push(`${path} is not in the schema`);
  }
  for (const field of [...Object.keys(told.arguments), ...Object.keys(told.prepare)]) {
    if (!fields.includes(field)) gaps.push(`${field} takes no arguments in the schema`);
  }
  for (const type of nodeTypes(schema)) {
    if (!typenames.includes(type))
      gaps.push(`${type}: tell in its module's audits how a canary of it is made`);
  }
  const streams = Object.keys(schema.getSubscriptionType()?.getFields() ?? {}).map((name) => ({
    name,
    probes: audits.filter(({ leaf }) => isOfStream(leaf) && leaf.field === name),
  }));
  gaps.push(...gapsOfStreams(streams, told));
  return { audits: audits.filter(({ leaf }) => !isOfStream(leaf)), streams, gaps };
}

function isOfStream({ parent }: ArgumentLeaf): boolean {
  return parent === 'Subscription';
}

function gapsOfStreams(streams: readonly StreamAudit[], { events }: Told): string[] {
  const names = streams.map(({ name }) => name);
  return [
    ...names
      .filter((name) => events[name] === undefined)
      .map((name) => `${name}: tell in \`events\` how something happens that it tells of`),
    ...Object.keys(events)
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is no subscription of the schema`),
  ];
}

/** What the modules tell, together. */
export function merged(modules: readonly ModuleAudits[]) {
  const all = <V>(part: (module: ModuleAudits) => Readonly<Record<string, V>> | undefined) =>
    Object.assign({}, ...modules.map((module) => part(module) ?? {})) as Readonly<Record<string, V>>;
  return {
    canaries: all(({ canaries }) => canaries),
    arguments: all((module) => module.arguments),
    values: all(({ values }) => values),
    prepare: all(({ prepare }) => prepare),
    events: all(({ events }) => events),
    exempt: all(({ exempt }) => exempt),
  };
}

export type Told = ReturnType<typeof merged>;

function nodeTypes(schema: GraphQLSchema): string[] {
  const node = schema.getType('Node');
  return isInterfaceType(node) ? schema.getPossibleTypes(node).map(({ name }) => name) : [];
}

/** @returns the audits of a place, or what is missing to have one. */
function auditsOfLeaf(
  schema: GraphQLSchema,
  leaf: ArgumentLeaf,
  told: Told,
  typenames: readonly string[],
): Audit[] | string {
  const { parent, field, path, type } = leaf;
  const target = targetType(schema, parent, field);
  const last = path.at(-1) ?? '';
  const base = { name: nameOf(leaf), leaf, at: path, target, isCursor: false };
  const isFilter = path[0] === 'filter';
  const isRead = parent !== 'Mutation';

  // What a mutation stores as a number, a moment or one of a few words names nothing.
  if (!isRead && !['ID', 'String', 'JSON'].includes(type.name)) return [];
  const [length, value] = toldValue(leaf, told) ?? [0, undefined];
  if (value !== undefined) {
    const at = path.slice(0, length);
    return [{ ...base, at, kind: 'reference', value: (owner) => value(owner, path.slice(length)) }];
  }
  if (type.name === 'JSON') return 'tell in `values` what of an owner is put into this JSON';
  if (type.name === 'ID') {
    if (target === undefined && isInterfaceType(answeredBy(schema, leaf))) {
      return nodeTypes(schema).map((typename) => ({
        ...base,
        name: `${base.name} of ${typename}`,
        target: typename,
        kind: 'reference',
        value: (owner) => owner.canary(typename)['id'],
      }));
    }
    const noun = last.replace(/Ids?$/, '');
    const named = /^ids?$/.test(last) ? target : typeOfNoun(schema, noun, typenames);
    if (named === undefined || !typenames.includes(named)) {
      return "nothing tells of which type this is the id: tell in `values`, or in `exempt` why it is no tenant's";
    }
    return [{ ...base, kind: 'reference', value: (owner) => owner.canary(named)['id'] }];
  }
  if (last === 'after' || last === 'before') {
    const which = last === 'after' ? 'firstCursor' : 'lastCursor';
    const value = (owner: Owner) => owner.canary(`cursors of ${field}`)[which];
    return [{ ...base, kind: 'reference', value, isCursor: true }];
  }
  if (isFilter) {
    const of = fieldNamed(schema, target, path);
    if (of === undefined || target === undefined) {
      return 'the filtered type has no such field: tell in `values` what of an owner is put there';
    }
    return [{ ...base, kind: 'reference', value: (owner) => owner.canary(target)[of] }];
  }
  if (type.name !== 'String') return [];
  const own =
    target !== undefined && typenames.includes(target) ? fieldNamed(schema, target, path) : undefined;
  if (own !== undefined && target !== undefined) {
    const kind = isRead ? 'reference' : 'choice';
    return [{ ...base, kind, value: (owner) => owner.canary(target)[own] ?? owner.marker }];
  }
  if (isRead) return 'tell in `values` what of an owner is put there';
  return [{ ...base, kind: 'choice', value: ({ marker }) => marker }];
}

function toldValue({ parent, field, path }: ArgumentLeaf, told: Told): [number, Value] | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const value = told.values[nameOf({ parent, field, path: path.slice(0, length) })];
    if (value !== undefined) return [length, value];
  }
  return undefined;
}

function answeredBy(schema: GraphQLSchema, { parent, field }: ArgumentLeaf) {
  const answered = objectType(schema, parent)?.getFields()[field];
  return answered && getNamedType(answered.type);
}

/** The field of a type that an argument speaks of: `filter.createdAt.lessThan`, `filter.namePrefix`, `input.slug`. */
function fieldNamed(
  schema: GraphQLSchema,
  typename: string | undefined,
  path: readonly string[],
): string | undefined {
  const fields = typename === undefined ? undefined : objectType(schema, typename)?.getFields();
  const names = path.slice(1).length === 0 ? path : path.slice(1);
  return names
    .flatMap((name) => [name, name.replace(/Prefix$/, '')])
    .find((name) => fields?.[name] !== undefined && !isObjectType(getNamedType(fields[name].type)));
}
