import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '../lib/error-codes.ts';

/** What is said to bytes that never became a request. */
const FAULTS: Readonly<Record<string, { status: number; code: ErrorCode; message: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'LIMIT_EXCEEDED', message: 'The headers are too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'DEADLINE_EXCEEDED',
    message: 'The request took too long to arrive.',
  },
};

const MALFORMED = { status: 400, code: 'BAD_USER_INPUT', message: 'This is not an HTTP request.' } as const;

/**
 * The whole response, as it goes over the wire, to what Node's parser gave up on.
 *
 * @param fault - `code` of the error that `clientError` brings.
 */
export function malformedReply(fault: string | undefined, requestId: string): string {
  const { status, code, message } = FAULTS[fault ?? ''] ?? MALFORMED;
  const body = JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
