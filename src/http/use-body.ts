import type { IncomingMessage } from 'node:http';
import type { Abort } from '../lib/abort.ts';
import { when } from '../lib/pipeline.ts';
import { refusal } from './refuse.ts';
import type { Stage } from './stage.ts';

/** Reads the body, as far as the limit allows (`BODY_LIMIT_BYTES`). Yoga's own limit costs half its throughput. */
export function useBody(limitBytes: number): Stage {
  return when(
    ({ request }) => request.method === 'POST',
    async (exchange, next) => {
      exchange.body = await read(exchange.request, limitBytes, exchange.abort);
      await next();
    },
  );
}

function read(request: IncomingMessage, limitBytes: number, abort: Abort): Promise<Buffer> {
  const tooLarge = () => refusal(413, 'LIMIT_EXCEEDED', `A request has at most ${limitBytes} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (error: unknown) => {
      request.off('data', onData);
      reject(error as Error);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) stop(tooLarge());
      else chunks.push(chunk);
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks, size)));
    // The caller hung up or what came is no body; neither is a fault of this process.
    request.once('error', (cause) =>
      stop(refusal(400, 'BAD_USER_INPUT', `The body broke off: ${cause.message}`)),
    );
    abort.onAbort(stop);
  });
}
