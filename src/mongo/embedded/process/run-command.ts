import { execFile } from 'node:child_process';

/** How a command ended: its exit code (`ENOENT` and the like when it could not start) and what it wrote. */
export interface CommandResult {
  code: number | string;
  stdout: string;
  stderr: string;
}

/** Runs a command without a shell; a failing one is a result, not an exception. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { timeoutMs: number; environment?: NodeJS.ProcessEnv | undefined },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      command,
      [...args],
      { timeout: options.timeoutMs, env: options.environment, windowsHide: true, killSignal: 'SIGKILL' },
      (failure, stdout, stderr) => {
        if (!failure) return resolve({ code: 0, stdout, stderr });
        const code = failure.killed ? 'ETIMEDOUT' : (failure.code ?? failure.signal ?? 'unknown');
        resolve({ code, stdout, stderr });
      },
    );
  });
}
