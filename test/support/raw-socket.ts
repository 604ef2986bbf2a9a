import { connect } from 'node:net';
import type { RawReply } from './request.ts';

/** What came over the wire; `status` is 0 when the server said nothing before it hung up. */
export async function speak(port: number, ...parts: (string | Buffer)[]): Promise<RawReply> {
  return replyOf(await heard(port, parts));
}

/** Writes bytes as they are, and listens until one whole response has come or the server hangs up. */
function heard(port: number, parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
    });
    const finish = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(10_000, finish);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (isWhole(text)) finish();
    });
    socket.on('error', finish);
    socket.on('close', finish);
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = /^content-length: (\d+)\r$/im.exec(text.slice(0, end + 2))?.[1];
  return end !== -1 && length !== undefined && text.length >= end + 4 + Number(length);
}

function replyOf(text: string): RawReply {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  const [start = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.replace(/^[^:]*: */, ''),
  ]);
  return { status: Number(start.split(' ')[1] ?? 0), headers: Object.fromEntries(headers), body };
}
