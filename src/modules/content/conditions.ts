import { startsWith as prefixed } from '../../graphql/text-prefix.ts';
import { CodedError } from '../../lib/coded-error.ts';
import { CONDITION_LENGTH_LIMIT, CONDITION_LIMIT } from './content-limits.ts';

type Maybe<T> = T | null | undefined;

/** What a text is compared with; all that is given must hold. */
export interface TextCondition {
  equals?: Maybe<string>;
  in?: Maybe<readonly string[]>;
  startsWith?: Maybe<string>;
}

/** The same for what has an order. */
export interface OrderedCondition<T> {
  equals?: Maybe<T>;
  in?: Maybe<readonly T[]>;
  greaterThan?: Maybe<T>;
  greaterThanOrEqual?: Maybe<T>;
  lessThan?: Maybe<T>;
  lessThanOrEqual?: Maybe<T>;
}

export interface ReferenceCondition {
  equals?: Maybe<string>;
  in?: Maybe<readonly string[]>;
}

/** Operators of one path of a filter, with values only: nothing a caller sends becomes an operator. */
export type Operators = Record<string, unknown>;

export function textOperators({ equals, in: anyOf, startsWith }: TextCondition): Operators {
  const operators: Operators = {};
  if (equals != null) operators['$eq'] = comparable(equals);
  if (anyOf != null) operators['$in'] = fewEnough(anyOf).map(comparable);
  if (startsWith != null) Object.assign(operators, prefixed(comparable(startsWith)));
  return something(operators);
}

export function orderedOperators(condition: OrderedCondition<number | Date>): Operators {
  const operators: Operators = {};
  if (condition.equals != null) operators['$eq'] = condition.equals;
  if (condition.in != null) operators['$in'] = [...fewEnough(condition.in)];
  if (condition.greaterThan != null) operators['$gt'] = condition.greaterThan;
  if (condition.greaterThanOrEqual != null) operators['$gte'] = condition.greaterThanOrEqual;
  if (condition.lessThan != null) operators['$lt'] = condition.lessThan;
  if (condition.lessThanOrEqual != null) operators['$lte'] = condition.lessThanOrEqual;
  return something(operators);
}

/** An id that nothing can have equals no reference. */
export function referenceOperators(
  { equals, in: anyOf }: ReferenceCondition,
  localId: (globalId: string) => string | undefined,
): Operators {
  const operators: Operators = {};
  const known = (ids: readonly string[]) => ids.map(localId).filter((id) => id !== undefined);
  if (equals != null) operators['$eq'] = localId(equals) ?? '';
  if (anyOf != null) operators['$in'] = known(fewEnough(anyOf));
  return something(operators);
}

/** @throws {CodedError} BAD_USER_INPUT for a text that is too long to be compared with. */
export function comparable(text: string): string {
  if (text.length > CONDITION_LENGTH_LIMIT) {
    throw badCondition(`A text to compare with has at most ${CONDITION_LENGTH_LIMIT} characters.`);
  }
  return text;
}

export function badCondition(message: string): CodedError {
  return new CodedError('BAD_USER_INPUT', message);
}

function fewEnough<T>(values: readonly T[]): readonly T[] {
  if (values.length <= CONDITION_LIMIT.values) return values;
  throw new CodedError('LIMIT_EXCEEDED', `\`in\` takes at most ${CONDITION_LIMIT.values} values.`, {
    extensions: { limit: CONDITION_LIMIT.values },
  });
}

function something(operators: Operators): Operators {
  if (Object.keys(operators).length === 0) throw badCondition('A condition must say what to compare with.');
  return operators;
}
