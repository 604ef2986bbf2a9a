import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { mongodbUri } from './mongodb-uri.ts';

/** The gateway as its users start it: `src/main.ts` in a process of its own. */
export interface GatewayProcess extends AsyncDisposable {
  port: number;
  controlDatabase: string;
  /**
   * Starts it, again if need be; answers when it is ready.
   *
   * @param settings - for this start only.
   */
  start(settings?: Record<string, string>): Promise<void>;
  /** Starts one that may be dead before it is ready. */
  launch(settings?: Record<string, string>): void;
  /** Resolves when the process has ended, in whatever way; answers the signal that ended it. */
  ended(): Promise<NodeJS.Signals | null>;
  /** `kill -9`: nothing gets the chance to clean up. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Address of the admin listener. */
  adminPort: number;
  /** What it wrote so far. */
  readonly output: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Time a start may take on a busy machine. */
const START_MS = 45_000;

/** `env`: settings in place of its own; the `CONTROL_DATABASE` and `MASTER_KEY` of another make it a second node. */
export async function gatewayProcess(env: Record<string, string> = {}): Promise<GatewayProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenant-gateway-process-'));
  const [port, adminPort] = [await freePort(), await freePort()];
  const controlDatabase = env['CONTROL_DATABASE'] ?? `test_${randomBytes(6).toString('hex')}`;
  let child: ChildProcess | undefined;
  let output = '';

  function hasEnded(): boolean {
    return child === undefined || child.exitCode !== null || child.signalCode !== null;
  }

  function launch(settings: Record<string, string> = {}): void {
    child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'development',
        MONGODB_URI: mongodbUri(),
        CONTROL_DATABASE: controlDatabase,
        DATA_DIR: dataDir,
        PORT: String(port),
        ADMIN_PORT: String(adminPort),
        DEMO: 'off',
        ...settings,
        ...env,
      },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
  }

  async function kill(): Promise<void> {
    if (child === undefined || hasEnded()) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  return {
    port,
    adminPort,
    controlDatabase,
    get output() {
      return output;
    },
    kill,
    signal: (name) => void child?.kill(name),
    async ended() {
      if (child === undefined) return null;
      if (!hasEnded()) await once(child, 'exit');
      return child.signalCode;
    },
    launch,
    async start(settings) {
      launch(settings);
      await eventually(async () => {
        if (hasEnded()) return;
        const { status } = await fetch(`http://127.0.0.1:${port}/readyz`);
        if (status !== 200) throw new Error(`not ready: ${status}`);
      }, START_MS);
      if (hasEnded()) throw new Error(`the gateway ended: ${output}`);
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
