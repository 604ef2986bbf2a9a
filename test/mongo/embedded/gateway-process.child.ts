import { once } from 'node:events';
import { embeddedDirectoryAt } from './embedded-directory.ts';

const server = await embeddedDirectoryAt(process.argv[2] ?? '').open();
process.send?.({ uri: server.uri, pid: server.pid, role: server.role });
await once(process, 'disconnect');
await server[Symbol.asyncDispose]();
