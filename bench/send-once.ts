import { Agent, request as httpRequest } from 'node:http';
import { type CheckedRequest, isExpected } from './http-load.ts';

/** Requests under way at once. */
const AT_ONCE = 8;

/** Sends each request once, over a few connections that are closed at the end, and checks the replies. */
export async function sendOnce(port: number, requests: readonly CheckedRequest[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let next = 0;
  const work = async () => {
    for (;;) {
      const request = requests[next++];
      if (request === undefined) return;
      await send(port, agent, request);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    agent.destroy();
  }
}

/** Sends a request over the connections of an agent, and checks the reply. */
export function send(
  port: number,
  agent: Agent,
  { path, method, headers, body, expectedBody }: CheckedRequest,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, agent, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200 && isExpected(text, expectedBody)) resolve();
        else reject(new Error(`wrong reply: ${response.statusCode} ${text} for ${path}`));
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
