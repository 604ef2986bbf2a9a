import { createServer, type AddressInfo, type Socket } from 'node:net';
import { mongo } from 'mongoose';

/** What a hostile server says of itself in the answer to `hello`. */
export interface Hello {
  hosts?: readonly string[];
  passives?: readonly string[];
  arbiters?: readonly string[];
  /** False: it says that it is a secondary. */
  isPrimary?: boolean;
  me?: string;
  primary?: string;
}

export interface HostileDeployment extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
}

/** Opcodes of the wire protocol: a query and its reply, as drivers begin, and the messages they go on with. */
const [QUERY, REPLY, MESSAGE] = [2004, 1, 2013];

/** Speaks just enough of MongoDB's protocol to say where a driver should go; everything else it answers with `ok`. */
export async function openHostileDeployment(say: (self: string) => Hello): Promise<HostileDeployment> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    let waiting = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 16 && waiting.length >= waiting.readInt32LE(0)) {
        const length = waiting.readInt32LE(0);
        socket.write(answerTo(waiting.subarray(0, length), helloOf(address, say(address))));
        waiting = waiting.subarray(length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function helloOf(self: string, { isPrimary = true, hosts = [self], me = self, ...named }: Hello): object {
  return {
    ...{ ok: 1, helloOk: true, setName: 'hostile', setVersion: 1, me, hosts, ...named },
    ...{ ismaster: isPrimary, isWritablePrimary: isPrimary, secondary: !isPrimary },
    ...{ minWireVersion: 0, maxWireVersion: 17, maxBsonObjectSize: 16_777_216 },
    ...{ maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000, logicalSessionTimeoutMinutes: 30 },
  };
}

function answerTo(message: Buffer, document: object): Buffer {
  const isQuery = message.readInt32LE(12) === QUERY;
  const bson = mongo.BSON.serialize(document);
  // Of a reply: flags, cursor, first, count. Of a message: flags and the kind of its section.
  const between = isQuery ? Buffer.alloc(20) : Buffer.alloc(5);
  if (isQuery) between.writeInt32LE(1, 16);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + between.length + bson.length, 0);
  header.writeInt32LE(message.readInt32LE(4), 8);
  header.writeInt32LE(isQuery ? REPLY! : MESSAGE!, 12);
  return Buffer.concat([header, between, bson]);
}
