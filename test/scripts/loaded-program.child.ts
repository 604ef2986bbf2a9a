import { main } from '../../scripts/cli.ts';
import type { Run } from './command-line.ts';

const written = { stdout: '', stderr: '' };

for (const name of ['stdout', 'stderr'] as const) {
  process[name].write = (chunk: string | Uint8Array): boolean => {
    written[name] += String(chunk);
    return true;
  };
}

process.on('message', ({ args, env }: { args: string[]; env: Record<string, string> }) => {
  process.env = env;
  Object.assign(written, { stdout: '', stderr: '' });
  void main(args).then((code) => process.send?.({ code, ...written } satisfies Run));
});
process.once('disconnect', () => process.exit());
process.send?.('loaded');
