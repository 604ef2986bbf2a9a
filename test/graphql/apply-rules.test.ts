import { buildSchema, graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import { applyRules } from '../../src/graphql/apply-rules.ts';
import { allow, requires } from '../../src/graphql/rules.ts';
import { CodedError } from '../../src/lib/coded-error.ts';

const SDL = `type Query { open: Thing guarded: String forgotten: String } type Thing { a: String b: String }`;

async function answerOf(source: string, scopes: string[] = []) {
  const schema = applyRules(buildSchema(SDL), {
    Query: { open: allow, guarded: requires('tenant:read') },
    Thing: allow,
  });
  const { data, errors = [] } = await graphql({
    schema,
    source,
    rootValue: { open: { a: 'a', b: 'b' }, guarded: 'guarded', forgotten: 'forgotten' },
    contextValue: { scope: { principal: { kind: 'client', scopes: new Set(scopes) } } },
  });
  const codes = errors.map(({ originalError }) => originalError instanceof CodedError && originalError.code);
  return { data: JSON.parse(JSON.stringify(data)) as unknown, codes };
}

describe('rules', () => {
  it('count for all fields of a type when they stand in its place', async () => {
    expect(await answerOf('{ open { a b } }')).toEqual({ data: { open: { a: 'a', b: 'b' } }, codes: [] });
  });

  it('deny a field nobody wrote one for', async () => {
    expect(await answerOf('{ forgotten }')).toEqual({ data: { forgotten: null }, codes: ['FORBIDDEN'] });
  });

  it('ask for the scope', async () => {
    expect(await answerOf('{ guarded }')).toEqual({ data: { guarded: null }, codes: ['FORBIDDEN'] });
    expect(await answerOf('{ guarded }', ['tenant:read'])).toEqual({
      data: { guarded: 'guarded' },
      codes: [],
    });
  });
});
