import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';

/** To try several clusters on one machine with; the server is the kind `npm start` runs for itself. */
export function addMongod(program: Command): void {
  program
    .command('mongod')
    .description('run a further MongoDB on this machine until Ctrl-C, to try a second cluster with')
    .argument('<name>', 'its data lasts in DATA_DIR under this name', serverName)
    .action(async (name: string) => {
      const [{ join }, { configFrom }, { readEnv }, { openEmbeddedServer }, { locateMongod }] =
        await Promise.all([
          import('node:path'),
          import('../../src/config/config.ts'),
          import('../../src/config/env.ts'),
          import('../../src/mongo/embedded/embedded-server.ts'),
          import('../../src/mongo/embedded/locate-binary.ts'),
        ]);
      const { dataDir, mongo } = configFrom(readEnv(process.env));
      const report = (line: string): void => void process.stderr.write(`${line}\n`);
      const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      const server = await openEmbeddedServer({
        dataDir: join(dataDir, 'clusters', name),
        binary: () =>
          locateMongod({ cacheDir: join(dataDir, 'cache'), mongodBinary: mongo.mongodBinary, report }),
        report,
      });
      process.stdout.write(`${server.uri}\n`);
      // Waiting for a signal alone does not keep a process.
      const waiting = setInterval(() => undefined, 60_000);
      await stopped;
      clearInterval(waiting);
      await server[Symbol.asyncDispose]();
    });
}

function serverName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,46}$/.test(text)) return text;
  throw new InvalidArgumentError('Give lower-case letters, digits and hyphens.');
}
