import {
  type DocumentNode,
  type GraphQLError,
  Lexer,
  parse,
  type ParseOptions,
  Source,
  TokenKind,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { documentLimitError, limitError } from './document-limits.ts';
import { NESTING_LIMIT, TOKEN_LIMIT } from './limits.ts';

/** Refuses a document that is too large before anything expensive looks at it. */
export function useDocumentLimits(): Plugin {
  /** By document: one that Yoga keeps parsed is measured once. Null: of a tolerable size. */
  const measured = new WeakMap<DocumentNode, GraphQLError | null>();
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string | Source, options?: ParseOptions) => {
        requireModest(typeof source === 'string' ? new Source(source) : source);
        return parse(source, options);
      });
    },
    onValidate({ params, setResult }) {
      const document = params.documentAST as DocumentNode;
      let error = measured.get(document);
      if (error === undefined) {
        error = documentLimitError(document) ?? null;
        measured.set(document, error);
      }
      if (error !== null) setResult([error]);
    },
  };
}

const OPENING: readonly string[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const CLOSING: readonly string[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];

/**
 * Counts tokens and nesting without parsing: the parser is recursive, so a few thousand brackets exhaust its stack.
 *
 * @throws {GraphQLError} LIMIT_EXCEEDED; a syntax error for what is no token, as parsing would.
 */
function requireModest(source: Source): void {
  const lexer = new Lexer(source);
  let nesting = 0;
  for (let count = 1; lexer.advance().kind !== TokenKind.EOF; count += 1) {
    if (count > TOKEN_LIMIT) throw limitError('The document is too long.', TOKEN_LIMIT);
    const { kind } = lexer.token;
    if (OPENING.includes(kind)) nesting += 1;
    if (CLOSING.includes(kind)) nesting -= 1;
    if (nesting > NESTING_LIMIT) throw limitError('The document is nested too deep.', NESTING_LIMIT);
  }
}
