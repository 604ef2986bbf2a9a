/**
 * Every option a tenant has, each declared beside whoever reads it. Adding one is its declaration and a line here: what
 * is imported is in `settings` of the schema. `app.ts` and the printer of the schema import this.
 */
import './auth/access-token-lifetime.ts';
import './graphql/limit-options.ts';
import './http/cors-origins.ts';
import './http/rate-options.ts';
import './http/request-deadline.ts';
import './modules/content/public-content.ts';
import './modules/users/password-policy.ts';
import './modules/users/user-sign-up.ts';
import './sts/token-options.ts';
import './tenancy/locale.ts';
import './tenancy/theme.ts';
import './tenancy/timezone.ts';
