import { USER_ERROR_CODES, type UserError } from '../../lib/user-error.ts';
import { platformBuilder } from './builder.ts';

const UserErrorCodeEnum = platformBuilder.enumType('UserErrorCode', {
  description: 'What a person can correct.',
  values: USER_ERROR_CODES,
});

export const PlatformUserError = platformBuilder.objectRef<UserError>('UserError').implement({
  fields: (t) => ({
    code: t.expose('code', { type: UserErrorCodeEnum }),
    message: t.exposeString('message', { description: 'For people; may change.' }),
    path: t.exposeStringList('path', {
      nullable: true,
      description: 'From the input to the value at fault.',
    }),
  }),
});
