import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import type { Told } from './audit.ts';
import { ROOTS } from './argument-leaves.ts';
import type { Owner } from './module-audits.ts';
import { selectionOf } from './selection.ts';
import { objectType, targetType, typeOfNoun } from './target-type.ts';

/** A field of the schema that is called. */
export interface Called {
  parent: string;
  field: string;
}

export interface Call {
  query: string;
  variables: Record<string, unknown>;
}

type Input = GraphQLArgument | GraphQLInputField;

/**
 * A document that calls one field with all it is given and asks for everything flat that comes back.
 *
 * @param asked - the type whose fields are asked for where the field answers any node.
 */
export function callOf(
  schema: GraphQLSchema,
  { parent, field: name }: Called,
  args: Record<string, unknown>,
  { owner, asked }: { owner: Owner; asked: string | undefined },
): Call {
  const field = objectType(schema, parent)?.getFields()[name];
  if (field === undefined) throw new Error(`no field ${parent}.${name}`);
  const given = field.args.filter((argument) => args[argument.name] !== undefined);
  const declared = given.map((argument) => `$${argument.name}: ${String(argument.type)}`);
  const passed = given.map((argument) => `${argument.name}: $${argument.name}`);
  const list = (items: string[]) => (items.length === 0 ? '' : `(${items.join(', ')})`);
  const called = `${name}${list(passed)} ${selectionOf(schema, field.type, asked)}`;
  if (ROOTS.includes(parent)) {
    return { query: `${parent.toLowerCase()} ${list(declared)} { ${called} }`, variables: args };
  }
  return {
    query: `query ${list(['$owning: ID!', ...declared])} { node(id: $owning) { ... on ${parent} { __typename ${called} } } }`,
    variables: { ...args, owning: owner.canary(parent)['id'] },
  };
}

/** Arguments of a field that work, all of them the owner's own. */
export function ownArguments(schema: GraphQLSchema, called: Called, told: Told, owner: Owner) {
  const { parent, field } = called;
  const args = objectType(schema, parent)?.getFields()[field]?.args ?? [];
  const target = targetType(schema, parent, field);
  const derived = Object.fromEntries(
    args.filter(isRequiredArgument).map((arg) => [arg.name, requiredValue(schema, arg, target, told, owner)]),
  );
  return deepMerge(derived, told.arguments[field]?.(owner) ?? {});
}

function requiredValue(
  schema: GraphQLSchema,
  input: Input,
  target: string | undefined,
  told: Told,
  owner: Owner,
): unknown {
  const type = getNamedType(input.type);
  const inList = (value: unknown) => (isListType(getNullableType(input.type)) ? [value] : value);
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    const value = required.map((inner) => [inner.name, requiredValue(schema, inner, target, told, owner)]);
    return inList(Object.fromEntries(value));
  }
  if (isEnumType(type)) return inList(firstOf(type));
  const own = target !== undefined && target in told.canaries ? owner.canary(target) : {};
  if (type.name === 'ID') {
    const noun = typeOfNoun(schema, input.name.replace(/Ids?$/, ''), Object.keys(told.canaries));
    return inList(/^ids?$/.test(input.name) || noun === undefined ? own['id'] : owner.canary(noun)['id']);
  }
  if (type.name === 'Int' || type.name === 'Float') return inList(1);
  if (type.name === 'Boolean') return inList(false);
  if (type.name === 'JSON') return inList({});
  return inList(own[input.name] ?? owner.fresh());
}

function firstOf(type: GraphQLEnumType): string {
  return type.getValues()[0]?.name ?? '';
}

/** Puts a value at a path of arguments; lists on the way get one member, with what it needs besides. */
export function withValue(
  schema: GraphQLSchema,
  called: Called,
  args: Record<string, unknown>,
  { at, value, told, owner }: { at: readonly string[]; value: unknown; told: Told; owner: Owner },
): Record<string, unknown> {
  const target = targetType(schema, called.parent, called.field);
  const put = (inputs: readonly Input[], into: Record<string, unknown>, path: readonly string[]): object => {
    const [name = '', ...rest] = path;
    const input = inputs.find((candidate) => candidate.name === name);
    if (input === undefined) throw new Error(`no input ${at.join('.')}`);
    const type = getNamedType(input.type);
    const isList = isListType(getNullableType(input.type));
    if (rest.length === 0) {
      return { ...into, [name]: isList && !Array.isArray(value) ? [value] : value };
    }
    if (!isInputObjectType(type)) throw new Error(`nothing below ${name}`);
    const before = isList ? requiredMember(input.type) : ((into[name] ?? required(type)) as object);
    const inner = put(Object.values(type.getFields()), before as Record<string, unknown>, rest);
    return { ...into, [name]: isList ? [inner] : inner };
  };
  const required = (type: ReturnType<typeof getNamedType>): object =>
    isInputObjectType(type)
      ? Object.fromEntries(
          Object.values(type.getFields())
            .filter(isRequiredInputField)
            .map((inner) => [inner.name, requiredValue(schema, inner, target, told, owner)]),
        )
      : {};
  const requiredMember = (type: GraphQLInputType) => required(getNamedType(type));
  const inputs = objectType(schema, called.parent)?.getFields()[called.field]?.args ?? [];
  return put(inputs, args, at) as Record<string, unknown>;
}

function deepMerge(base: object, over: object): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isPlain(before) && isPlain(value) ? deepMerge(before, value) : value;
  }
  return result;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
