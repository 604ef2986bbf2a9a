import { answerCalls } from './calls.ts';
import type { CheckedRequest } from './http-load.ts';
import { latencies } from './latencies.ts';

const calls = {
  /** Answers how many requests were answered, and how many of them wrong. */
  async flood(
    port: number,
    request: CheckedRequest,
    load: { connections: number; ms: number },
  ): Promise<{ answered: number; wrong: number }> {
    const { times, wrong } = await latencies(port, request, load);
    return { answered: times.length, wrong };
  },
};

export type FloodCalls = typeof calls;

answerCalls(calls, () => Promise.resolve());
