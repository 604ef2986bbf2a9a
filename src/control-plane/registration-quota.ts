import { RateLimiterMemory, RateLimiterMongo, RateLimiterRes } from 'rate-limiter-flexible';
import type { mongo } from 'mongoose';
import { CodedError } from '../lib/coded-error.ts';
import { networkOf } from '../lib/network-of.ts';

export interface RegistrationQuotaOptions {
  /** The control database: a quota counts over all nodes. */
  db: mongo.Db;
  client: mongo.MongoClient;
  /** 0: no limit. */
  perHour: number;
  perAddressPerHour: number;
}

export interface RegistrationQuota {
  /** @throws {CodedError} RATE_LIMITED with the time until the next registration may be tried. */
  consume(address: string): Promise<void>;
}

const HOUR_SECONDS = 3_600;

/** How many tenants may register themselves in an hour: from one address, and altogether. */
export function createRegistrationQuota(options: RegistrationQuotaOptions): RegistrationQuota {
  const limiter = (keyPrefix: string, points: number) =>
    points === 0
      ? undefined
      : new RateLimiterMongo({
          storeClient: options.client,
          dbName: options.db.databaseName,
          tableName: 'registration_quota',
          keyPrefix,
          points,
          duration: HOUR_SECONDS,
          // While the database is away nobody can register anyway; this only keeps the answer a typed one.
          insuranceLimiter: new RateLimiterMemory({ points, duration: HOUR_SECONDS }),
        });
  // Made at the first registration: a limiter makes its collection as it is made, for the command line too.
  let limiters: { ofAddress: ReturnType<typeof limiter>; ofPlatform: ReturnType<typeof limiter> } | undefined;
  return {
    async consume(address) {
      limiters ??= {
        ofAddress: limiter('address', options.perAddressPerHour),
        ofPlatform: limiter('platform', options.perHour),
      };
      try {
        // The address first: one that is over its own quota must not use up everybody's.
        await limiters.ofAddress?.consume(networkOf(address));
        await limiters.ofPlatform?.consume('all');
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        throw new CodedError('RATE_LIMITED', 'Too many registrations; try again later.', {
          retryAfterMs: refusal.msBeforeNext,
        });
      }
    },
  };
}
