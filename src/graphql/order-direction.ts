import { builder } from './builder.ts';

export const OrderDirection = builder.enumType('OrderDirection', { values: ['ASC', 'DESC'] as const });
