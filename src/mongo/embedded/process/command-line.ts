import { readFile } from 'node:fs/promises';
import { runCommand } from './run-command.ts';

/** The words a process was started with; none where that cannot be told. */
export async function commandLine(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  }
  if (process.platform === 'win32') return [];
  const { stdout } = await runCommand('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { timeoutMs: 5_000 });
  return stdout.trim().split(/\s+/);
}
