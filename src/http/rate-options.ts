import { z } from 'zod';
import { defineOption } from '../tenancy/option.ts';

/** Fewer would lock out whoever wants to loosen it again. */
const LEAST = 10;

const perMinute = z
  .int()
  .min(0)
  .max(10_000_000)
  .refine((count) => count === 0 || count >= LEAST, {
    error: `must be 0, for no limit of your own, or at least ${LEAST}`,
  });

export const requestsPerMinute = defineOption({
  path: 'options.requestsPerMinute',
  schema: perMinute,
  platformDefault: 0,
  description:
    "Requests a minute of all signed-in callers together, and of all anonymous ones; 0: the platform's limit alone.",
});

export const clientRequestsPerMinute = defineOption({
  path: 'options.clientRequestsPerMinute',
  schema: perMinute,
  platformDefault: 0,
  description: "Requests a minute of one client or user; 0: the platform's limit alone.",
});

export const anonymousRequestsPerMinute = defineOption({
  path: 'options.anonymousRequestsPerMinute',
  schema: perMinute,
  platformDefault: 0,
  description: "Anonymous requests a minute from one address; 0: the platform's limit alone.",
});
