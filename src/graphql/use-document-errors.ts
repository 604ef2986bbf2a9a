import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Names the errors of parsing and validating by their codes. */
export function useDocumentErrors(): Plugin {
  return {
    onParse() {
      return ({ result, replaceParseResult }) => {
        if (!(result instanceof GraphQLError) || result.extensions['code'] !== undefined) return;
        const { message, source, positions } = result;
        const extensions = { code: 'GRAPHQL_PARSE_FAILED' };
        replaceParseResult(
          new GraphQLError(message, {
            ...(source === undefined ? {} : { source }),
            ...(positions === undefined ? {} : { positions }),
            extensions,
          }) as never,
        );
      };
    },
    onValidate() {
      return ({ valid, result, setResult }) => {
        if (valid) return;
        const disabled = (result as GraphQLError[]).filter(
          ({ extensions }) => extensions['code'] === 'MODULE_DISABLED',
        );
        // What else is wrong follows from the missing module.
        if (disabled.length > 0) setResult(disabled);
      };
    },
  };
}
