import { existsSync, readFileSync } from 'node:fs';
import { runCommand } from './run-command.ts';

let bootId: string | undefined;

/**
 * Tells one process from a later one that was given the same pid: when it started, or `undefined` when it is gone.
 * A zombie counts as gone: in a container whose first process does not reap, it would stay for ever.
 */
export async function processStamp(pid: number): Promise<string | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') return linuxStamp(pid);
  if (process.platform !== 'win32') return await psStamp(pid);
  return livenessStamp(pid);
}

function linuxStamp(pid: number): string | undefined {
  try {
    bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold anything; the state follows it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // While other threads still end, a zombie's files and ports are held.
    const isGone = fields[0] === 'X' || (fields[0] === 'Z' && Number(fields[17]) <= 1);
    return isGone ? undefined : `${bootId}/${fields[19]}`;
  } catch {
    // Without a /proc only liveness can be told.
    return existsSync('/proc/self/stat') ? undefined : livenessStamp(pid);
  }
}

async function psStamp(pid: number): Promise<string | undefined> {
  const { code, stdout } = await runCommand('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
    timeoutMs: 5_000,
  });
  const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return code !== 0 || !started || state?.startsWith('Z') ? undefined : started;
}

function livenessStamp(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (failure) {
    // Somebody else's process is alive, too.
    return (failure as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : undefined;
  }
}
