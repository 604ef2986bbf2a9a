import { builder } from '../../graphql/builder.ts';
import type { OrderedCondition } from './conditions.ts';

const ALL_HOLD = 'Everything that is given must hold.';

export const ContentTextCondition = builder.inputType('ContentTextCondition', {
  description: `${ALL_HOLD} Case counts.`,
  fields: (t) => ({ equals: t.string(), in: t.stringList(), startsWith: t.string() }),
});

export const ContentNumberCondition = builder.inputType('ContentNumberCondition', {
  description: ALL_HOLD,
  fields: (t) => ({
    equals: t.float(),
    in: t.floatList(),
    greaterThan: t.float(),
    greaterThanOrEqual: t.float(),
    lessThan: t.float(),
    lessThanOrEqual: t.float(),
  }),
});

export const ContentBooleanCondition = builder.inputType('ContentBooleanCondition', {
  fields: (t) => ({ equals: t.boolean({ required: true }) }),
});

export const ContentDateTimeCondition = builder
  .inputRef<OrderedCondition<Date>>('ContentDateTimeCondition')
  .implement({
    description: ALL_HOLD,
    fields: (t) => ({
      equals: t.field({ type: 'DateTime' }),
      in: t.field({ type: ['DateTime'] }),
      greaterThan: t.field({ type: 'DateTime' }),
      greaterThanOrEqual: t.field({ type: 'DateTime' }),
      lessThan: t.field({ type: 'DateTime' }),
      lessThanOrEqual: t.field({ type: 'DateTime' }),
    }),
  });

export const ContentReferenceCondition = builder.inputType('ContentReferenceCondition', {
  description: 'Ids of items.',
  fields: (t) => ({ equals: t.id(), in: t.idList() }),
});
