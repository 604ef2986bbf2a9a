#!/usr/bin/env node
// The command line: `npx tenant-gateway --help`. It runs the TypeScript sources as they are.
import module from 'node:module';
import { register } from 'tsx/esm/api';

// From Node 22 on the second run of a command is spared most of the compiling.
module.enableCompileCache?.();
register();
// The reader of a pipe may go at any time (`| head`).
process.stdout.on('error', () => process.exit(0));
const { main } = await import('./cli.ts');
process.exitCode = await main(process.argv.slice(2));
