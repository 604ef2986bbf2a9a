import { z } from 'zod';
import { userError } from '../../lib/user-error.ts';
import type { Scope } from '../../shell/scope.ts';
import { defineOption, optionValue } from '../../tenancy/option.ts';
import { MAX_PASSWORD_LENGTH } from './password.ts';

export const passwordMinLength = defineOption({
  path: 'options.passwordMinLength',
  schema: z.int().min(8).max(64),
  platformDefault: 12,
  description: 'Characters a password has at least; counts when one is set.',
});

/**
 * Length and nothing about kinds of characters, as NIST SP 800-63B section 3.1.1.2 has it.
 *
 * @throws {UserErrors} INVALID, TOO_LONG
 */
export function requirePassword({ optionLayers }: Scope, password: string, email: string): void {
  const minimum = optionValue(passwordMinLength, optionLayers);
  if (password.length < minimum) {
    throw userError('INVALID', `A password has at least ${minimum} characters.`, 'password');
  }
  if (password.length > MAX_PASSWORD_LENGTH) {
    throw userError('TOO_LONG', `A password has at most ${MAX_PASSWORD_LENGTH} characters.`, 'password');
  }
  if (password.toLowerCase() === email.toLowerCase()) {
    throw userError('INVALID', 'The address is no password.', 'password');
  }
}
