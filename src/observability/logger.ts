import { pino, stdSerializers, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { CENSOR, censored, SECRET_NAMES } from './censored.ts';

export type Logger = PinoLogger;

/**
 * Structured logs, one JSON object a line. Whatever could be a credential is cut out by name, so that a careless
 * `log.info({ request })` stays harmless.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: censored },
    // Of a child logger's own fields, which no formatter sees.
    redact: { paths: [...SECRET_NAMES], censor: CENSOR },
    serializers: { err: errorFields },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** An error with its causes, its own members censored like all others. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return censored({ ...stdSerializers.errWithCause(error) });
}
