import { Agent, request as httpRequest } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { type CheckedRequest, isExpected } from './http-load.ts';

/** Requests under way at once. */
const AT_ONCE = 8;

/** Of a tenant that says to come again. */
const MAX_ATTEMPTS = 5;

/** Sends each request once, over a few connections that are closed at the end, and checks the replies. */
export async function sendOnce(port: number, requests: readonly CheckedRequest[]): Promise<void> {
  await sendEach(requests, (request, agent) => send(port, agent, request));
}

/**
 * The same, but a tenant that cannot be reached right now is asked again when its reply says, as a client would.
 *
 * @returns how often that was.
 */
export async function sendPatiently(port: number, requests: readonly CheckedRequest[]): Promise<number> {
  let refusals = 0;
  await sendEach(requests, async (request, agent) => {
    for (let attempt = 1; ; attempt += 1) {
      const reply = await answerTo(port, agent, request);
      const isPassing = reply.status === 503 && reply.body.includes('"TENANT_UNAVAILABLE"');
      if (!isPassing || attempt === MAX_ATTEMPTS) return check(reply, request);
      refusals += 1;
      await setTimeout(reply.retryAfterSeconds * 1_000);
    }
  });
  return refusals;
}

async function sendEach(
  requests: readonly CheckedRequest[],
  sendOne: (request: CheckedRequest, agent: Agent) => Promise<void>,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let next = 0;
  const work = async () => {
    for (;;) {
      const request = requests[next++];
      if (request === undefined) return;
      await sendOne(request, agent);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    agent.destroy();
  }
}

/** Sends a request over the connections of an agent, and checks the reply. */
export async function send(port: number, agent: Agent, request: CheckedRequest): Promise<void> {
  check(await answerTo(port, agent, request), request);
}

interface Answer {
  status: number | undefined;
  retryAfterSeconds: number;
  body: string;
}

function check({ status, body }: Answer, { path, expectedBody }: CheckedRequest): void {
  if (status !== 200 || !isExpected(body, expectedBody)) {
    throw new Error(`wrong reply: ${status} ${body} for ${path}`);
  }
}

function answerTo(
  port: number,
  agent: Agent,
  { path, method, headers, body }: CheckedRequest,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, agent, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode,
          retryAfterSeconds: Number(response.headers['retry-after'] ?? 1),
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
