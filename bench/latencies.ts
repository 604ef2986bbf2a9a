import { Agent, request } from 'node:http';
import { type CheckedRequest, isExpected } from './http-load.ts';

/**
 * Sends a request again and again over keep-alive connections, one at a time on each.
 *
 * @returns how long each took, in milliseconds, and how many were answered something else.
 */
export async function latencies(
  port: number,
  checked: CheckedRequest,
  { connections, ms }: { connections: number; ms: number },
): Promise<{ times: number[]; wrong: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  let wrong = 0;
  const until = performance.now() + ms;
  const work = async () => {
    while (performance.now() < until) {
      const startedAt = performance.now();
      const isRight = await isAnswered(agent, port, checked);
      times.push(performance.now() - startedAt);
      if (!isRight) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  agent.destroy();
  return { times, wrong };
}

function isAnswered(
  agent: Agent,
  port: number,
  { method, path, headers, body, expectedBody }: CheckedRequest,
): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve(response.statusCode === 200 && isExpected(Buffer.concat(chunks).toString(), expectedBody)),
      );
    });
    sent.on('error', () => resolve(false));
    sent.end(body);
  });
}
