import type { CalledProcess } from './calls.ts';
import { startProcess } from './calls.ts';
import type { GatewayCalls } from './gateway.child.ts';
import type { BenchServer } from './server.ts';

/** A gateway in a process of its own, with its listener's port. */
export type BenchGateway = CalledProcess<GatewayCalls> & { port: number };

/** `PUBLIC_URL` and `BASE_DOMAIN` of the benches' gateways. */
export const PUBLIC_HOST = 'gateway.test';

/** So that every gateway of a run can serve the same fleet. */
const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

/** The environment of a gateway in production, over the benches' server. */
export function gatewaySettings(server: BenchServer): Record<string, string> {
  return {
    NODE_ENV: 'production',
    PUBLIC_URL: `http://${PUBLIC_HOST}`,
    BASE_DOMAIN: PUBLIC_HOST,
    MONGODB_URI: server.uri,
    MASTER_KEY,
    REGISTRATION: 'open',
    // No limit: one address signs up hundreds here.
    REGISTRATION_PER_HOUR: '0',
    REGISTRATION_PER_ADDRESS_PER_HOUR: '0',
    RATE_LIMITS: 'off',
  };
}

/** Starts a gateway with the settings of production; its log lines are written and thrown away. */
export async function startGateway(
  server: BenchServer,
  say: (line: string) => void,
  settings: Record<string, string> = {},
): Promise<BenchGateway> {
  const gateway = await startProcess<GatewayCalls>(
    new URL('./gateway.child.ts', import.meta.url),
    { ...gatewaySettings(server), ...settings },
    say,
  );
  return { ...gateway, port: await gateway.call('port') };
}
