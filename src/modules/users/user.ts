import { Schema } from 'mongoose';
import { definePartitionedModel } from '../../mongo/model.ts';
import type { Partitioned } from '../../mongo/rows.ts';

export const USER_STATUSES = ['ACTIVE', 'SUSPENDED'] as const;

/** A one-time way to set a password. */
export interface PasswordLink {
  /** SHA-256 of what stands in the link: 256 random bits, which no dictionary holds. */
  hash: string;
  expiresAt: Date;
}

/** What the password is, and what was tried instead of it. Never leaves the module. */
export interface Credentials {
  /** Argon2id in PHC format; null until one is set. */
  passwordHash: string | null;
  passwordLink: PasswordLink | null;
  /** Attempts since the last one that was right. */
  attempts: number;
  /** No attempt counts before this time. */
  lockedUntil: Date | null;
}

/** A person who signs in to the tenant's applications. */
export interface User extends Partitioned, Credentials {
  email: string;
  /** The address as it is compared; unique within an application tenant. */
  emailKey: string;
  name: string | null;
  isEmailVerified: boolean;
  status: (typeof USER_STATUSES)[number];
  /** Scopes at this gateway a token of this user can carry. */
  scopes: string[];
  /** Tokens, refresh tokens and sessions of before are void: another password, fewer scopes, or suspended meanwhile. */
  tokensSince: Date;
  lastSignInAt: Date | null;
  /** See `creationOf`. */
  inputHash?: string;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

/** A user as everyone but the store sees it. */
export type KnownUser = Omit<User, keyof Credentials | 'inputHash' | 'emailKey'> & { hasPassword: boolean };

export const userModel = definePartitionedModel<User>(
  'users',
  new Schema<User>({
    _id: String,
    email: { type: String, required: true },
    emailKey: { type: String, required: true },
    name: { type: String, default: null },
    isEmailVerified: { type: Boolean, required: true },
    status: { type: String, enum: USER_STATUSES, required: true },
    scopes: { type: [String], required: true },
    passwordHash: { type: String, default: null },
    passwordLink: { type: new Schema({ hash: String, expiresAt: Date }, { _id: false }), default: null },
    attempts: { type: Number, required: true },
    lockedUntil: { type: Date, default: null },
    tokensSince: { type: Date, required: true },
    lastSignInAt: { type: Date, default: null },
    inputHash: String,
    revision: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  } as unknown as ConstructorParameters<typeof Schema<User>>[0]),
);

/** Providers fold the case of an address, so two spellings are one person (RFC 5321 section 2.3.11 lets them). */
export function emailKeyOf(email: string): string {
  return email.normalize('NFC').toLowerCase();
}
