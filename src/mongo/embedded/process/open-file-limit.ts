import { readFile } from 'node:fs/promises';

/** How many files a process may have open; `undefined` where that cannot be told. */
export async function openFileLimit(pid: number): Promise<number | undefined> {
  const limits = await readFile(`/proc/${pid}/limits`, 'utf8').catch(() => '');
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  if (!soft) return undefined;
  return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
}
