import { type GraphQLError, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { documentLimitError, limitError } from './document-limits.ts';
import { TOKEN_LIMIT } from './limits.ts';

/** Refuses a document that is too large before anything expensive looks at it. */
export function useDocumentLimits(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => {
        try {
          return parse(source, { ...options, maxTokens: TOKEN_LIMIT });
        } catch (error) {
          const isTooLong = /contains more that \d+ tokens/.test((error as GraphQLError).message);
          throw isTooLong ? limitError('The document is too long.', TOKEN_LIMIT) : error;
        }
      });
    },
    onValidate({ params, setResult }) {
      const error = documentLimitError(params.documentAST);
      if (error !== undefined) setResult([error]);
    },
  };
}
