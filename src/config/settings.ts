import { z } from 'zod';
import { claimName, hosts, httpUrl, integer, key32, oneOf, text } from './setting-forms.ts';

/** One row of the README's settings table; a test holds the two against each other. */
interface SettingMeta {
  description: string;
  /** Shown instead of the schema's default where the default depends on the environment. */
  development?: string;
  production?: string;
}

function described<T extends z.ZodType>(schema: T, meta: SettingMeta): T {
  return schema.meta({ ...meta }) as T;
}

const port = integer(0, 65535);

/** Every environment variable the process reads, with its meaning. Absent means: see `config.ts`. */
export const SETTINGS = {
  NODE_ENV: described(oneOf('development', 'production', 'test').default('development'), {
    description: 'chooses the column of this table that applies',
  }),
  PORT: described(port.default(4000), { description: 'port of the public listener' }),
  HOST: described(z.string().min(1).optional(), {
    description: 'address of the public listener',
    development: '127.0.0.1',
    production: '0.0.0.0',
  }),
  PUBLIC_URL: described(httpUrl.optional(), {
    description: 'address users reach the gateway at; root of every issuer',
    development: 'http://localhost:PORT',
    production: 'required',
  }),
  BASE_DOMAIN: described(text(/^[a-z0-9.-]+$/, 'a domain in lower case').optional(), {
    description: 'a label directly below it names a tenant',
    development: 'localhost',
    production: 'required',
  }),
  MONGODB_URI: described(
    text(
      /^mongodb(\+srv)?:\/\//,
      'a connection string that begins with mongodb:// or mongodb+srv://',
    ).optional(),
    {
      description: 'deployment of the control database and the first cluster',
      development: 'absent: an embedded server',
      production: 'required',
    },
  ),
  ALLOWED_MONGODB_HOSTS: described(hosts.default(''), {
    description: 'hosts, separated by commas, that clusters may have although they are refused by default',
    development: 'none',
    production: 'none',
  }),
  ALLOWED_ISSUER_HOSTS: described(hosts.default(''), {
    description:
      'hosts, separated by commas, whose keys tenants may trust although their addresses are not public',
    development: 'none; this machine and its network are allowed',
    production: 'none',
  }),
  CONTROL_DATABASE: described(
    text(
      /^(?!tg_)[A-Za-z0-9_-]{1,40}$/,
      '1 to 40 letters, digits, _ or - that do not begin with tg_',
    ).default('tenant_gateway'),
    {
      description: 'name of the control database',
    },
  ),
  MASTER_KEY: described(key32.optional(), {
    description: '32 bytes in base64 that encrypt secrets at rest',
    development: 'made in DATA_DIR',
    production: 'required (or MASTER_KEY_FILE)',
  }),
  MASTER_KEY_FILE: described(z.string().min(1).optional(), {
    description: 'file that holds MASTER_KEY',
    development: 'absent',
    production: 'required (or MASTER_KEY)',
  }),
  MASTER_KEY_PREVIOUS: described(key32.optional(), {
    description: 'the key in force before, while secrets are being rewrapped',
    development: 'absent',
    production: 'absent',
  }),
  REGISTRATION_PER_HOUR: described(integer(0).optional(), {
    description: 'registrations an hour over all addresses; 0: no limit',
    development: '0',
    production: '1000',
  }),
  REGISTRATION_PER_ADDRESS_PER_HOUR: described(integer(0).optional(), {
    description: 'registrations an hour from one address; 0: no limit',
    development: '0',
    production: '10',
  }),
  DATA_DIR: described(z.string().min(1).default('.data'), {
    description: 'where the embedded server and development keys live',
  }),
  MONGOD_BINARY: described(z.string().min(1).optional(), {
    description: 'the mongod the embedded server runs',
    development: 'found',
    production: '-',
  }),
  REGISTRATION: described(oneOf('open', 'closed').optional(), {
    description: 'whether anyone may register a tenant',
    development: 'open',
    production: 'closed',
  }),
  DELETION_GRACE_HOURS: described(integer(0, 8_760).default(72), {
    description: 'hours a deleted tenant can be restored in before its data is dropped; 0: none',
  }),
  DNS_SERVERS: described(
    z
      .string()
      .transform((list) => list.split(',').map((server) => server.trim()))
      .refine(
        (servers) => servers.every((server) => /^(?:[\d.]+|\[[\da-f:]+\])(?::\d{1,5})?$/i.test(server)),
        {
          error: 'must be addresses like 192.0.2.1 or [2001:db8::1]:53, separated by commas',
        },
      )
      .optional(),
    {
      description:
        'name servers that verify tenants’ own hosts, like `192.0.2.1` or `[2001:db8::1]:53`, with commas',
      development: 'those of the system',
    },
  ),
  DEMO: described(oneOf('on', 'off').optional(), {
    description: 'two demo tenants with real content',
    development: 'on',
    production: 'off',
  }),
  GRAPHIQL: described(oneOf('on', 'signed-in', 'off').optional(), {
    description: 'the GraphiQL page',
    development: 'on',
    production: 'signed-in',
  }),
  INTROSPECTION: described(oneOf('public', 'signed-in', 'off').optional(), {
    description: 'who may introspect the schema',
    development: 'public',
    production: 'signed-in',
  }),
  TRUST_PROXY: described(integer(0, 10).default(0), {
    description: 'number of proxies whose X-Forwarded-* headers count',
  }),
  TENANT_CLAIM: described(claimName.default('tenant'), {
    description: 'token claim that names the tenant',
  }),
  REQUEST_DEADLINE_MS: described(integer(50, 600_000).default(10_000), {
    description: 'time a request may take, in ms',
  }),
  RATE_LIMITS: described(oneOf('on', 'off').optional(), {
    description: "the platform's own limits of requests a minute; tenants may be stricter in their options",
    development: 'off',
    production: 'on',
  }),
  RATE_LIMIT_STORE: described(oneOf('memory', 'mongodb').default('memory'), {
    description: 'where requests are counted: by each node, or for all in the control database',
  }),
  FAIR_QUEUE: described(oneOf('on', 'off').default('on'), {
    description: 'whether tenants take turns when there are more requests than can be worked on',
  }),
  BODY_LIMIT_BYTES: described(integer(1_024, 104_857_600).default(1_048_576), {
    description: 'largest request body, in bytes',
  }),
  SHELL_CAPACITY: described(integer(1, 100_000).default(1_000), {
    description: 'tenants kept open at once',
  }),
  POOL_SIZE: described(integer(1, 10_000).default(50), { description: 'connections per MongoClient' }),
  DEDICATED_CONNECTIONS: described(integer(1, 100_000).default(1_000), {
    description: 'connections to deployments of tenants’ own, all together; a client of one takes at most 10',
  }),
  SMTP_URL: described(text(/^smtps?:\/\//, 'an address that begins with smtp:// or smtps://').optional(), {
    description: 'mail server for links to set a password',
    development: 'absent: links go to the log',
    production: 'required where users are sent mail',
  }),
  MAIL_FROM: described(
    text(/^.{3,320}$/s, '3 to 320 characters').default('Tenant Gateway <no-reply@localhost>'),
    {
      description: 'sender of that mail',
    },
  ),
  ADMIN_HOST: described(z.string().min(1).default('127.0.0.1'), {
    description: 'address of the admin listener (metrics)',
  }),
  ADMIN_PORT: described(port.default(9464), { description: 'port of the admin listener' }),
  CRASH_POINT: described(
    text(
      /^(before|after):[a-z-]+(,(before|after):[a-z-]+)*$/,
      'boundaries like before:stamp, separated by commas',
    ).optional(),
    {
      description:
        'for tests: boundaries of steps, like `before:stamp,after:stamp`; once work has come to each, the process kills itself',
      development: 'absent',
      production: 'refused',
    },
  ),
  LOG_LEVEL: described(oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent').default('info'), {
    description: 'least level that is logged',
  }),
};

export type Settings = z.infer<z.ZodObject<typeof SETTINGS>>;
