import { createRequire } from 'node:module';
import type * as Shield from 'graphql-shield';

// Shield's ESM build does not load on Node 23 and newer; its CommonJS build does (upstream issue 1561).
const shield = createRequire(import.meta.url)('graphql-shield') as typeof Shield;

export const { allow, deny, rule, and, or, not, shield: shieldMiddleware } = shield;
export type ShieldRule = typeof allow | ReturnType<typeof and> | ReturnType<ReturnType<typeof rule>>;
