import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { processStamp } from './process-stamp.ts';

const Claim = z.object({ pid: z.number().int().positive(), stamp: z.string(), id: z.string() });

/** Says in a file which process something belongs to. `id` is never used twice. */
export type ProcessClaim = z.infer<typeof Claim>;

/** A claim of this process. */
export async function ownClaim(): Promise<ProcessClaim> {
  return { pid: process.pid, stamp: (await processStamp(process.pid)) ?? 'unknown', id: randomUUID() };
}

/** The claim in a file: `absent` when there is no file, `damaged` when it says nothing sensible. */
export async function readClaim(path: string): Promise<ProcessClaim | 'absent' | 'damaged'> {
  const text = await readFile(path, 'utf8').catch((failure: NodeJS.ErrnoException) => {
    if (failure.code === 'ENOENT') return undefined;
    throw failure;
  });
  if (text === undefined) return 'absent';
  try {
    return Claim.parse(JSON.parse(text));
  } catch {
    return 'damaged';
  }
}

/** Whether the process that made the claim still runs. A damaged one is left from a crash of the machine. */
export async function isClaimLive(claim: ProcessClaim | 'absent' | 'damaged'): Promise<boolean> {
  if (typeof claim === 'string') return false;
  return (await processStamp(claim.pid)) === claim.stamp;
}
