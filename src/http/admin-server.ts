import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/** The listener for operators: `/metrics` in the Prometheus text format, and nothing else. */
export function createAdminServer(registry: Registry): Server {
  return createServer((request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}
