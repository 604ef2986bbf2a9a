import { createHash, randomUUID } from 'node:crypto';

/**
 * A version 7 UUID (RFC 9562): 48 bits of time, then random bits. Primary keys made of it sort by creation, which
 * spares every collection the index a `createdAt` order would need.
 */
export function uuidv7(nowMs: number = Date.now()): string {
  // Node draws the random bits of many at once; 16 bytes of one's own cost a system call each time.
  const random = randomUUID();
  const time = nowMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

function formatted(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The version 8 UUID (RFC 9562) of a text: 122 bits of its SHA-256. The same text has the same UUID, for ever. */
export function uuidv8Of(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return formatted(bytes);
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
