import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import type { CheckedRequest } from './http-load.ts';

/** A reply, or what came in its place: status 0 and the error. */
export interface Answer {
  request: CheckedRequest;
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  sentAtMs: number;
  ms: number;
}

/** Requests that are sent at their times, whatever becomes of those before. */
export interface PacedLoad {
  /** Of what was answered so far. */
  readonly answers: readonly Answer[];
  /** Sends no more; answers once all that was sent is answered. */
  stop(): Promise<readonly Answer[]>;
}

/**
 * Sends requests in turn at a steady pace. Unlike a load that waits for its replies this one goes on while nothing is
 * answered, as the callers of a tenant do; and it leaves the processors room, so that what is measured is not the load.
 */
export function startPacedLoad(
  port: number,
  requests: readonly CheckedRequest[],
  perSecond: number,
): PacedLoad {
  const agent = new Agent({ keepAlive: true });
  const answers: Answer[] = [];
  const underWay = new Set<Promise<void>>();
  const startedAtMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    // A timer that comes late makes up for it, or the pace would be that of a busy machine.
    const due = ((performance.now() - startedAtMs) * perSecond) / 1_000;
    for (; sent < due; sent += 1) {
      const next = requests[sent % requests.length];
      if (next === undefined) throw new Error('there is nothing to send');
      const answered: Promise<void> = ask(agent, port, next).then((answer) => {
        answers.push(answer);
        underWay.delete(answered);
      });
      underWay.add(answered);
    }
  }, 1_000 / perSecond);
  return {
    answers,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
      return answers;
    },
  };
}

function ask(agent: Agent, port: number, asked: CheckedRequest): Promise<Answer> {
  const { method, path, headers, body } = asked;
  const sentAtMs = performance.now();
  return new Promise((resolve) => {
    const end = (answer: Pick<Answer, 'status' | 'headers' | 'body'>) =>
      resolve({ ...answer, request: asked, sentAtMs, ms: performance.now() - sentAtMs });
    const fail = (error: Error) => end({ status: 0, headers: {}, body: String(error) });
    const outgoing = request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', fail);
      response.once('end', () =>
        end({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.once('error', fail);
    outgoing.end(body);
  });
}
