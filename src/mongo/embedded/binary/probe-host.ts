import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

/**
 * Asks for the head of a document, through the proxy agent in `options` if there is one.
 *
 * @throws Error saying why the host cannot give it, at the latest after `answerMs` milliseconds: that bound covers
 * name resolution and a proxy that swallows packets, which the timeouts of a socket do not.
 */
export function probeHost(url: URL, options: RequestOptions, answerMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const probe = send(url, { ...options, method: 'HEAD' }, (answer) => {
      clearTimeout(timer);
      answer.resume();
      const status = answer.statusCode ?? 0;
      if (status < 400) resolve();
      else reject(new Error(`${url.host} answered ${status} for ${url.pathname}`));
    });
    const timer = setTimeout(() => {
      reject(new Error(`${url.host} did not answer within ${answerMs / 1_000} s`));
      probe.destroy();
    }, answerMs);
    probe.on('error', (failure) => {
      clearTimeout(timer);
      reject(new Error(`${url.host} cannot be reached (${failure.message})`, { cause: failure }));
    });
    probe.end();
  });
}
