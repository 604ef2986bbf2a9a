import { request } from 'node:http';
import { PUBLIC_HOST } from './gateway.ts';

/** Sends one operation. @throws Error when the answer is not 200 or has errors. */
export async function postGraphql<Data>(
  port: number,
  path: string,
  body: { query: string; variables: object },
  token?: string,
): Promise<Data> {
  const { status, text } = await post(port, path, JSON.stringify(body), token);
  const { data, errors } = JSON.parse(text) as { data?: Data; errors?: unknown };
  if (status !== 200 || data === undefined || errors !== undefined) throw new Error(`${status} ${text}`);
  return data;
}

function post(
  port: number,
  path: string,
  body: string,
  token: string | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: PUBLIC_HOST,
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
