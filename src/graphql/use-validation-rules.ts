import { type GraphQLSchema, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { EngineContext } from './engine-request.ts';
import { moduleDisabledRule } from './module-disabled-rule.ts';

/** Adds this gateway's rules to those of the specification. Yoga caches their verdicts by the names of the rules. */
export function useValidationRules(superset: GraphQLSchema): Plugin<EngineContext> {
  const rule = moduleDisabledRule(superset);
  return {
    onValidate({ addValidationRule, context }) {
      addValidationRule(rule);
      const { mayIntrospect } = context as unknown as EngineContext;
      if (!mayIntrospect) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}
