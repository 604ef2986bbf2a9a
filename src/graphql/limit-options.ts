import { z } from 'zod';
import { defineOption, type OptionLayers, optionValue } from '../tenancy/option.ts';
import { COMPLEXITY_LIMIT, DEPTH_LIMIT, PAGE_SIZE } from './limits.ts';

/** Tenants may be stricter than the platform. How strict has a bound: what loosens an option must still be allowed. */
const LEAST = { complexity: 500, depth: 6 } as const;

export const maxPageSize = defineOption({
  path: 'options.maxPageSize',
  schema: z.int().min(PAGE_SIZE.default).max(PAGE_SIZE.max),
  platformDefault: PAGE_SIZE.max,
  description: 'Items a page of a list has at most.',
});

export const maxComplexity = defineOption({
  path: 'options.maxComplexity',
  schema: z.int().min(LEAST.complexity).max(COMPLEXITY_LIMIT),
  platformDefault: COMPLEXITY_LIMIT,
  description: 'What an operation may cost: its fields times the sizes of the lists they stand in.',
});

export const maxDepth = defineOption({
  path: 'options.maxDepth',
  schema: z.int().min(LEAST.depth).max(DEPTH_LIMIT),
  platformDefault: DEPTH_LIMIT,
  description: 'Levels of selection an operation may have.',
});

/**
 * What an operation of this tenant may cost. Asked when it is executed: the verdicts of validation are kept for all
 * tenants together.
 */
export function costLimits(layers: OptionLayers): { complexity: number; depth: number } {
  return { complexity: optionValue(maxComplexity, layers), depth: optionValue(maxDepth, layers) };
}
