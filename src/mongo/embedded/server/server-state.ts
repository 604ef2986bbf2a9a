import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ServerHome } from './server-home.ts';
import { writeAtomic } from '../process/write-atomic.ts';

const State = z.object({
  pid: z.number().int().positive(),
  /** Tells the process from a later one with its pid. */
  stamp: z.string(),
  port: z.number().int().min(1).max(65_535),
  uri: z.string(),
  startedAt: z.iso.datetime(),
});

/** What the last starter of the server wrote down. It stays when the server stops: the next start keeps the port. */
export type ServerState = z.infer<typeof State>;

export async function writeServerState(home: ServerHome, state: ServerState): Promise<void> {
  await writeAtomic(home.statePath, `${JSON.stringify(state, undefined, 2)}\n`);
}

/** `undefined` when nothing was written or the file is damaged. */
export async function readServerState(home: ServerHome): Promise<ServerState | undefined> {
  try {
    return State.parse(JSON.parse(await readFile(home.statePath, 'utf8')));
  } catch {
    return undefined;
  }
}
