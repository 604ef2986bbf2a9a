import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { mongodbUri } from '../support/mongodb-uri.ts';

const BIN = fileURLToPath(new URL('../../scripts/tenant-gateway.mjs', import.meta.url));

/** What a command did. */
export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface StartedCommand {
  signal(signal: NodeJS.Signals): void;
  ended: Promise<Run>;
}

/** The command line as a person calls it: the real program, with settings and a control database of its own. */
export interface CommandLine {
  env: Record<string, string>;
  run(args: readonly string[], env?: Record<string, string>, input?: string): Promise<Run>;
  /** Starts it, to be sent a signal. */
  start(args: readonly string[], env?: Record<string, string>): StartedCommand;
  /** Runs with `--json`; fails the test unless the command is done. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the answer is JSON of whatever was asked for
  json(...args: string[]): Promise<any>;
}

export function commandLine(dataDir: string): CommandLine {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: dataDir,
    NODE_ENV: 'test',
    MONGODB_URI: mongodbUri(),
    CONTROL_DATABASE: `cli_${randomBytes(6).toString('hex')}`,
    DATA_DIR: dataDir,
    MASTER_KEY: randomBytes(32).toString('base64'),
    PUBLIC_URL: 'http://gateway.test',
    BASE_DOMAIN: 'gateway.test',
  };
  const start = (args: readonly string[], more: Record<string, string> = {}, input = ''): StartedCommand => {
    const child = spawn(process.execPath, [BIN, ...args], { env: { ...env, ...more } });
    child.stdin.end(input);
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    const told = Promise.all([text(child.stdout), text(child.stderr), closed]);
    return {
      signal: (signal) => void child.kill(signal),
      ended: told.then(([stdout, stderr, code]) => ({ code, stdout, stderr })),
    };
  };
  const run: CommandLine['run'] = (args, more, input) => start(args, more, input).ended;
  return {
    env,
    start,
    run,
    json: async (...args) => jsonOf(await run([...args, '--json'])),
  };
}

/** What a command printed; fails the test unless it is done. */
export function jsonOf({ code, stdout, stderr }: Run): unknown {
  if (code !== 0 || stderr !== '') throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as unknown;
}
