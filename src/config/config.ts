import { SettingError } from './env.ts';
import type { Settings } from './settings.ts';

/** What the process runs with: settings with the defaults of their environment filled in. */
export interface Config {
  isProduction: boolean;
  http: {
    host: string;
    port: number;
    /** Without a trailing slash. */
    publicUrl: string;
    baseDomain: string;
    trustedProxyCount: number;
    bodyLimitBytes: number;
    requestDeadlineMs: number;
    hasRateLimits: boolean;
    rateLimitStore: Settings['RATE_LIMIT_STORE'];
    hasFairQueue: boolean;
  };
  admin: { host: string; port: number };
  mongo: {
    /** Absent: the embedded server in `dataDir`. */
    uri: string | undefined;
    controlDatabase: string;
    /** Hosts that clusters and tenants' own deployments may have although their addresses are refused by default. */
    allowedHosts: readonly string[];
    poolSize: number;
    dedicatedConnections: number;
    mongodBinary: string | undefined;
  };
  /** Hosts of trusted issuers that may have addresses which are not public. */
  allowedIssuerHosts: readonly string[];
  dataDir: string;
  masterKey: { current: string | undefined; file: string | undefined; previous: string | undefined };
  registration: { isOpen: boolean; perHour: number; perAddressPerHour: number };
  /** How long a deleted tenant can be restored, in milliseconds. */
  deletionGraceMs: number;
  /** Asked for the proofs of tenants' own hosts; empty: the system's. */
  dnsServers: readonly string[];
  hasDemo: boolean;
  graphiql: 'on' | 'signed-in' | 'off';
  introspection: 'public' | 'signed-in' | 'off';
  mail: { smtpUrl: string | undefined; from: string };
  tenantClaim: string;
  shellCapacity: number;
  /** The boundary of a step at which the process kills itself (`lib/run-step.ts`); tests only. */
  crashPoint: string | undefined;
  logLevel: Settings['LOG_LEVEL'];
}

/**
 * Fills in what depends on the environment.
 *
 * @throws {SettingError} when production lacks a setting that has no safe default.
 */
export function configFrom(settings: Settings): Config {
  const isProduction = settings.NODE_ENV === 'production';
  if (isProduction) requireForProduction(settings);
  return {
    isProduction,
    http: {
      host: settings.HOST ?? (isProduction ? '0.0.0.0' : '127.0.0.1'),
      port: settings.PORT,
      publicUrl: settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`,
      baseDomain: settings.BASE_DOMAIN ?? 'localhost',
      trustedProxyCount: settings.TRUST_PROXY,
      bodyLimitBytes: settings.BODY_LIMIT_BYTES,
      requestDeadlineMs: settings.REQUEST_DEADLINE_MS,
      hasRateLimits: (settings.RATE_LIMITS ?? (isProduction ? 'on' : 'off')) === 'on',
      rateLimitStore: settings.RATE_LIMIT_STORE,
      hasFairQueue: settings.FAIR_QUEUE === 'on',
    },
    admin: { host: settings.ADMIN_HOST, port: settings.ADMIN_PORT },
    mongo: {
      uri: settings.MONGODB_URI,
      controlDatabase: settings.CONTROL_DATABASE,
      allowedHosts: hostsIn(settings.ALLOWED_MONGODB_HOSTS),
      poolSize: settings.POOL_SIZE,
      dedicatedConnections: settings.DEDICATED_CONNECTIONS,
      mongodBinary: settings.MONGOD_BINARY,
    },
    allowedIssuerHosts: hostsIn(settings.ALLOWED_ISSUER_HOSTS),
    dataDir: settings.DATA_DIR,
    masterKey: {
      current: settings.MASTER_KEY,
      file: settings.MASTER_KEY_FILE,
      previous: settings.MASTER_KEY_PREVIOUS,
    },
    registration: {
      isOpen: (settings.REGISTRATION ?? (isProduction ? 'closed' : 'open')) === 'open',
      perHour: settings.REGISTRATION_PER_HOUR ?? (isProduction ? 1000 : 0),
      perAddressPerHour: settings.REGISTRATION_PER_ADDRESS_PER_HOUR ?? (isProduction ? 10 : 0),
    },
    deletionGraceMs: settings.DELETION_GRACE_HOURS * 3_600_000,
    dnsServers: settings.DNS_SERVERS ?? [],
    hasDemo: (settings.DEMO ?? (isProduction ? 'off' : 'on')) === 'on',
    graphiql: settings.GRAPHIQL ?? (isProduction ? 'signed-in' : 'on'),
    introspection: settings.INTROSPECTION ?? (isProduction ? 'signed-in' : 'public'),
    mail: { smtpUrl: settings.SMTP_URL, from: settings.MAIL_FROM },
    tenantClaim: settings.TENANT_CLAIM,
    shellCapacity: settings.SHELL_CAPACITY,
    crashPoint: settings.CRASH_POINT,
    logLevel: settings.LOG_LEVEL,
  };
}

function hostsIn(list: string): string[] {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((host) => host !== '');
}

function requireForProduction(settings: Settings): void {
  const needed = ['PUBLIC_URL', 'BASE_DOMAIN', 'MONGODB_URI'] as const;
  const missing: string[] = needed.filter((name) => settings[name] === undefined);
  if (settings.MASTER_KEY === undefined && settings.MASTER_KEY_FILE === undefined) {
    missing.push('MASTER_KEY or MASTER_KEY_FILE');
  }
  if (missing.length > 0) throw new SettingError(missing.join(', '), 'must be set in production.');
  if (settings.CRASH_POINT !== undefined) {
    throw new SettingError('CRASH_POINT', 'is for tests and refused in production.');
  }
}
