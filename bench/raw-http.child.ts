import { createServer } from 'node:http';
import { mongo } from 'mongoose';
import { drain, listen } from '../src/http/listen.ts';
import { answerCalls } from './calls.ts';

// The least a server can do that answers an object by id: no GraphQL, no token, one database.
const client = await new mongo.MongoClient(process.env['BENCH_URI'] ?? '', { maxPoolSize: 50 }).connect();
const clients = client.db(process.env['BENCH_DATABASE']).collection<{ _id: string; name: string }>('clients');
const server = createServer((request, response) => {
  clients.findOne({ _id: (request.url ?? '').slice(1) }).then(
    (found) => {
      const body = JSON.stringify({ clientId: found?._id, name: found?.name });
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    },
    () => response.destroy(),
  );
});
const port = await listen(server, 0, '127.0.0.1');

const calls = {
  port: () => port,
  /** Processor time of this process so far, in microseconds. */
  cpuMicros(): number {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};

export type RawHttpCalls = typeof calls;

answerCalls(calls, async () => {
  await drain(server, 0);
  await client.close();
});
