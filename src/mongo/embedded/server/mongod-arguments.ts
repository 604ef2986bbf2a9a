import type { EngineOptions } from '../engine-options.ts';
import type { ServerHome } from './server-home.ts';

export const REPLICA_SET = 'rs0';

/** How others connect. Direct: the one member is all there is, so nothing needs to be discovered. */
export function serverUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/?replicaSet=${REPLICA_SET}&directConnection=true`;
}

/**
 * An idle file is closed after 20 s instead of 10 minutes. Every collection and every index is an open file of about
 * 60 KiB; without the sweep the server ran out of descriptors and died at about 2,200 tenants.
 */
const IDLE_HANDLE_SWEEP = 'file_manager=(close_idle_time=20,close_handle_minimum=250,close_scan_interval=5)';

/** The command line of the embedded server. */
export function mongodArguments(home: ServerHome, port: number, engine: EngineOptions): string[] {
  const parameters = { diagnosticDataCollectionEnabled: false, ...engine.parameters };
  return [
    ...['--replSet', REPLICA_SET, '--dbpath', home.dbPath, '--port', String(port), '--bind_ip', '127.0.0.1'],
    ...['--logpath', home.logPath, '--logappend'],
    ...['--wiredTigerCacheSizeGB', String(engine.cacheSizeGB ?? 1)],
    ...['--oplogSize', String(engine.oplogSizeMB ?? 1_024)],
    ...['--wiredTigerEngineConfigString', IDLE_HANDLE_SWEEP],
    // Nothing to gain on the loopback, and the zlib decompressor leaked memory before 6.0.27 (CVE-2025-14847).
    ...['--networkMessageCompressors', 'disabled'],
    // A killed server would leave its socket file in /tmp.
    ...(process.platform === 'win32' ? [] : ['--nounixsocket']),
    ...Object.entries(parameters).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
  ];
}
