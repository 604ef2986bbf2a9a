import autocannon, { type Request } from 'autocannon';

/** A request and the one reply that is right. */
export interface CheckedRequest {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** To the letter, or the form of one that is another each time. */
  expectedBody: string | RegExp;
}

export function isExpected(body: string, expected: string | RegExp): boolean {
  return typeof expected === 'string' ? body === expected : expected.test(body);
}

/**
 * Sends requests round and round over keep-alive connections, one at a time on each, and checks every reply.
 *
 * @param ms - how long, in milliseconds.
 * @returns replies per second and how many there were.
 * @throws Error at the end when any reply was not 200 with the expected body.
 */
export async function httpLoad(
  port: number,
  requests: readonly CheckedRequest[],
  { connections, ms }: { connections: number; ms: number },
): Promise<{ perSecond: number; replies: number }> {
  let replies = 0;
  let lastAtMs = 0;
  let fault: string | undefined;
  let startedAtMs = 0;
  const prepared = requests.map(({ expectedBody, ...request }): Request => ({
    ...request,
    onResponse(status, body) {
      const now = performance.now();
      // Autocannon stops at a full second; what comes after the time asked for does not count.
      if (now - startedAtMs > ms) return;
      replies += 1;
      lastAtMs = now;
      if (status !== 200 || !isExpected(body, expectedBody))
        fault ??= `${status} ${body} for ${request.path}`;
    },
  }));
  let clients = 0;
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    duration: Math.ceil(ms / 1_000),
    setupClient(client) {
      // Each connection has its share: with all of them on each, they would ask for one tenant in step.
      const own = clients++;
      const share = prepared.filter((_, index) => index % connections === own);
      client.setRequests(share.length === 0 ? [...prepared] : share);
      startedAtMs = performance.now();
    },
  });
  if (fault !== undefined) throw new Error(`wrong reply: ${fault}`);
  if (replies === 0 || result.errors > 0 || result.timeouts > 0) {
    throw new Error(`${replies} replies, ${result.errors} errors, ${result.timeouts} timeouts`);
  }
  return { perSecond: replies / ((lastAtMs - startedAtMs) / 1_000), replies };
}
