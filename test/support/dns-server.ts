import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import dnsPacket from 'dns-packet';

/** A name server on loopback that knows TXT records. */
export interface DnsServer extends AsyncDisposable {
  /** As `DNS_SERVERS` takes it. */
  address: string;
  /** TXT values by name; a name that is not there does not exist. */
  records: Map<string, string[]>;
  /** What it does with a question: answer it, refuse it, or keep silent. */
  mood: 'answering' | 'failing' | 'silent';
}

const NO_SUCH_NAME = 3;
const SERVER_FAILURE = 2;

export async function startDnsServer(): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const server: DnsServer = {
    address: '',
    records: new Map(),
    mood: 'answering',
    [Symbol.asyncDispose]: () => new Promise((resolve) => void socket.close(() => resolve())),
  };
  socket.on('message', (message, { port, address }) => {
    const { id, questions = [] } = dnsPacket.decode(message);
    const values = server.records.get(questions[0]?.name ?? '');
    if (server.mood === 'silent') return;
    const code = server.mood === 'failing' ? SERVER_FAILURE : values === undefined ? NO_SUCH_NAME : 0;
    const answer = dnsPacket.encode({
      id,
      type: 'response',
      flags: dnsPacket.RECURSION_AVAILABLE | code,
      questions,
      answers:
        code === 0
          ? (values ?? []).map((value) => ({
              type: 'TXT' as const,
              name: questions[0]?.name ?? '',
              data: value.match(/.{1,255}/g) ?? [''],
            }))
          : [],
    });
    socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  server.address = `127.0.0.1:${socket.address().port}`;
  return server;
}
