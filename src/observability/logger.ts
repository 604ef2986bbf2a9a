import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

/**
 * Structured logs, one JSON object a line. Whatever could be a credential is cut out by key, so that a careless
 * `log.info({ request })` stays harmless.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: REDACTED.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: '[redacted]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const REDACTED = [
  'authorization',
  'cookie',
  'token',
  'accessToken',
  'secret',
  'clientSecret',
  'connectionString',
  'credential',
  'password',
  'privateKey',
  'masterKey',
];
