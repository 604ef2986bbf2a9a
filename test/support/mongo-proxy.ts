import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { mongodbUri } from './mongodb-uri.ts';

/**
 * A road of its own to a MongoDB of the run: its connections can be counted, and it can be blocked without any other test
 * noticing.
 */
export interface MongoProxy extends AsyncDisposable {
  /** Connection string of the server through this proxy. */
  uri: string;
  /** Connections open now. */
  readonly openCount: number;
  /** Of those, the ones on which a change stream was opened. */
  readonly streamCount: number;
  /** Most connections that were open at once. */
  readonly peakCount: number;
  /** From now on nothing comes through, as if every packet were lost; connections stay open. */
  block(): void;
  unblock(): void;
  /** Ends every connection, as a restarted router would; new ones come through. */
  drop(): void;
  /** From now on nothing comes through on connections that follow a change stream, until {@link unblock}. */
  blockStreams(): void;
  /** Ends every connection; a change stream that would go on asks for a time its server has forgotten. */
  dropHistory(): void;
}

/** `to`: the first server of the run when absent. */
export async function openMongoProxy(credential = '', to = mongodbUri()): Promise<MongoProxy> {
  const target = new URL(to.replace(/^mongodb:/, 'http:'));
  const sockets = new Set<Socket>();
  let open = 0;
  let peak = 0;
  let isBlocked = false;
  let areStreamsBlocked = false;
  let isHistoryLost = false;
  const streams = new Set<Socket>();
  const held: (() => void)[] = [];
  const server = createServer((near) => {
    open += 1;
    peak = Math.max(peak, open);
    const far = connect(Number(target.port), target.hostname);
    let isStream = false;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    near.once('close', () => {
      open -= 1;
      streams.delete(near);
    });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', end);
      from.on('close', end);
      from.on('data', (data) => {
        if (isHistoryLost && from === near) forgetHistory(data);
        const pass = () => void (to.destroyed || to.write(data));
        isStream ||= from === near && data.includes('$changeStream');
        if (isStream) streams.add(near);
        if (isBlocked || (isStream && areStreamsBlocked)) held.push(pass);
        else pass();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const drop = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    uri: `mongodb://${credential}127.0.0.1:${port}/?directConnection=true`,
    get openCount() {
      return open;
    },
    get streamCount() {
      return streams.size;
    },
    get peakCount() {
      return peak;
    },
    block: () => (isBlocked = true),
    unblock() {
      isBlocked = false;
      areStreamsBlocked = false;
      for (const pass of held.splice(0)) pass();
    },
    drop,
    dropHistory() {
      isHistoryLost = true;
      drop();
    },
    blockStreams: () => (areStreamsBlocked = true),
    async [Symbol.asyncDispose]() {
      drop();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Puts the time in the token a stream is to be resumed after (`82`, then its seconds in hex) before all that is known. */
function forgetHistory(message: Buffer): void {
  const token = message.indexOf('_data\0', message.indexOf('resumeAfter\0'));
  if (!message.includes('resumeAfter\0') || token < 0) return;
  const time = message.indexOf('82', token);
  message.write('00000001', time + 2, 'latin1');
}
