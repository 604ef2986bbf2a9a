import { open } from 'node:fs/promises';
import { oneLine } from '../process/one-line.ts';

/** As much of the end of a log as is read: a stack trace of mongod is about 30 KB. */
const TAIL_BYTES = 256 * 1_024;

/** mongod says these on its way down, after the line that tells why. */
const EPILOGUE = /^(Writing fatal message|\*\*\*aborting after|Got signal|Fatal assertion)/;

/**
 * The last thing mongod complained about in its log.
 *
 * @param from - offset in bytes where this run's part of the log begins.
 * @returns one line, or `undefined` when it said nothing.
 */
export async function fatalLine(logPath: string, from: number): Promise<string | undefined> {
  const lines = (await readTail(logPath, from)).split('\n').filter((line) => line.trim() !== '');
  const complaints = lines.map(complaintOf).filter((line) => line !== undefined);
  const telling = complaints.findLast((line) => !EPILOGUE.test(line)) ?? complaints.at(-1);
  // Without a structured line it is the loader or the shell that spoke.
  const said = telling ?? lines.findLast((line) => !line.startsWith('{'));
  return said === undefined ? undefined : oneLine(said);
}

async function readTail(logPath: string, from: number): Promise<string> {
  const file = await open(logPath).catch(() => undefined);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - TAIL_BYTES);
    if (start >= size) return '';
    const { buffer } = await file.read({ buffer: Buffer.alloc(size - start), position: start });
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}

function complaintOf(line: string): string | undefined {
  try {
    const entry = JSON.parse(line) as { s?: string; msg?: string; attr?: Record<string, unknown> };
    if (entry.s !== 'E' && entry.s !== 'F') return undefined;
    const { attr = {} } = entry;
    const detail = attr['error'] ?? attr['message'] ?? attr['reason'];
    return detail === undefined
      ? entry.msg
      : `${entry.msg}: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`;
  } catch {
    return undefined;
  }
}
