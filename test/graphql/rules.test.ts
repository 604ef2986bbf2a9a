import {
  buildSchema,
  execute,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  parse,
  subscribe,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platformRules } from '../../src/control-plane/graphql/rules.ts';
import { applyRules, ruleOf } from '../../src/graphql/apply-rules.ts';
import { allow, type RuleTree } from '../../src/graphql/rules.ts';
import { modules } from '../../src/modules/index.ts';
import { registerBoth, startGateway, type TestGateway, type TestTenant } from '../support/gateway.ts';
import { graphql } from '../support/request.ts';

const ROOTS = ['Query', 'Mutation', 'Subscription'];

/** The rules of all modules; only root types are shared between modules. */
const tenantRules = modules.reduce<Record<string, RuleTree[string]>>((merged, { rules }) => {
  for (const [type, rule] of Object.entries(rules)) {
    merged[type] = ROOTS.includes(type) ? (Object.assign({}, merged[type], rule) as RuleTree[string]) : rule;
  }
  return merged;
}, {});

let gateway: TestGateway;
let acme: TestTenant;
let schemas: Record<'tenant' | 'platform', { schema: GraphQLSchema; rules: RuleTree }>;

beforeAll(async () => {
  gateway = await startGateway();
  ({ acme } = await registerBoth(gateway));
  schemas = {
    tenant: { schema: gateway.app.schemas.superset, rules: tenantRules },
    platform: { schema: gateway.app.platformSchema, rules: platformRules },
  };
});

afterAll(() => gateway[Symbol.asyncDispose]());

function fieldsOf(schema: GraphQLSchema): [type: string, field: string][] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => Object.keys(type.getFields()).map((field): [string, string] => [type.name, field]));
}

describe.each(['tenant', 'platform'] as const)('the rules of the %s schema', (which) => {
  it('name every field', () => {
    const { schema, rules } = schemas[which];
    const fields = fieldsOf(schema);
    const unruled = fields.filter(([type, field]) => {
      const ofType = rules[type];
      return ofType === undefined || !(isRule(ofType) || Object.hasOwn(ofType, field));
    });
    expect(unruled.map((place) => place.join('.'))).toEqual([]);
    expect(fields.length).toBeGreaterThan(50);
  });

  it('name nothing that is not there', () => {
    const { schema, rules } = schemas[which];
    const known = new Set(fieldsOf(schema).flatMap(([type, field]) => [type, `${type}.${field}`]));
    const named = Object.entries(rules).flatMap(([type, ofType]) =>
      isRule(ofType) ? [type] : [type, ...Object.keys(ofType).map((field) => `${type}.${field}`)],
    );
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('leave no mutation open, but to register', () => {
    const { schema, rules } = schemas[which];
    const open = Object.keys(schema.getMutationType()!.getFields()).filter(
      (field) => ruleOf(rules, 'Mutation', field) === allow,
    );
    expect(open).toEqual(which === 'platform' ? ['registerTenant'] : []);
  });

  it('refuse every guarded root field to callers without scopes, and send the anonymous to sign in', async () => {
    const { schema, rules } = schemas[which];
    const [path, scopeless] =
      which === 'tenant'
        ? ['/t/acme/graphql', await acme.token([])]
        : ['/platform/graphql', (await gateway.app.tokens.forOperator([], 60_000)).token];
    let guarded = 0;
    for (const root of [schema.getQueryType()!, schema.getMutationType()!]) {
      for (const field of Object.values(root.getFields())) {
        if (ruleOf(rules, root.name, field.name) === allow) continue;
        const args = field.args
          .filter(isRequiredArgument)
          .map(({ name, type }) => `${name}: ${sample(type)}`);
        const query = `${root.name.toLowerCase()} { ${field.name}${args.length === 0 ? '' : `(${args.join(', ')})`} { __typename } }`;
        const ask = (token?: string) => graphql({ port: gateway.port, path, token, query });
        const [known, anonymous] = [await ask(scopeless), await ask()];
        expect([query, known.errors?.map(({ extensions, message }) => [extensions.code, message])]).toEqual([
          query,
          [['FORBIDDEN', expect.stringMatching(/^This needs the scope [a-z:-]+\.$/)]],
        ]);
        expect([query, anonymous.errors?.map(({ extensions }) => extensions.code)]).toEqual([
          query,
          ['UNAUTHENTICATED'],
        ]);
        guarded += 1;
      }
    }
    expect(guarded).toBeGreaterThan(8);
  });
});

describe('a field without a rule', () => {
  const made = () => {
    const schema = buildSchema(`
      type Query { open: Int forgotten: Int thing: Thing }
      type Thing { open: Int forgotten: Int }
      type Other { forgotten: Int }
      type Subscription { forgotten: Int }
    `);
    const ran: string[] = [];
    for (const [type, field] of fieldsOf(schema)) {
      const definition = (schema.getType(type) as ReturnType<GraphQLSchema['getQueryType']>)!.getFields()[
        field
      ]!;
      definition.resolve = () => {
        ran.push(`${type}.${field}`);
        return field === 'thing' ? {} : 1;
      };
      definition.subscribe = async function* () {
        ran.push(`${type}.${field} source`);
        yield { forgotten: 1 };
      };
    }
    const guarded = applyRules(schema, { Query: { open: allow, thing: allow }, Thing: { open: allow } });
    return { schema: guarded, ran };
  };

  it('is denied at run time, and its resolver never runs', async () => {
    const { schema, ran } = made();
    const result = await execute({
      schema,
      document: parse('{ open forgotten thing { open forgotten } }'),
      contextValue: {},
    });
    expect(result.data).toEqual({ open: 1, forgotten: null, thing: { open: 1, forgotten: null } });
    expect(result.errors?.map(({ path, originalError }) => [path?.join('.'), originalError])).toMatchObject([
      ['forgotten', { code: 'FORBIDDEN' }],
      ['thing.forgotten', { code: 'FORBIDDEN' }],
    ]);
    expect(ran).toEqual(['Query.open', 'Query.thing', 'Thing.open']);
  });

  it('is denied as the source of a subscription', async () => {
    const { schema, ran } = made();
    const result = await subscribe({
      schema,
      document: parse('subscription { forgotten }'),
      contextValue: {},
    });
    expect(result).toMatchObject({ errors: [{ originalError: { code: 'FORBIDDEN' } }] });
    expect(ran).toEqual([]);
  });
});

function isRule(value: object): boolean {
  return 'resolve' in value && typeof value.resolve === 'function';
}

/** The least literal of an input type. */
function sample(type: GraphQLInputType): string {
  if (isNonNullType(type)) return sample(type.ofType as GraphQLInputType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${required.map((field) => `${field.name}: ${sample(field.type)}`).join(', ')} }`;
  }
  return (
    { Int: '1', Float: '1', Boolean: 'true', JSON: '{}', DateTime: '"2026-01-01T00:00:00Z"' }[type.name] ??
    '"sample"'
  );
}
