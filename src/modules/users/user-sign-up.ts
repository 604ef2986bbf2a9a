import { z } from 'zod';
import { defineOption } from '../../tenancy/option.ts';

export const userSignUp = defineOption({
  path: 'options.userSignUp',
  schema: z.boolean(),
  platformDefault: false,
  description: 'Whether people may make themselves users on the sign-in page; they hold no scope then.',
});
