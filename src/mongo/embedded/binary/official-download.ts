import { MongoBinaryDownload } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownload.js';
import { getOS } from 'mongodb-memory-server-core/lib/util/getos/index.js';
import type { RequestOptions } from 'node:https';
import type { ProgressSink } from './binary-source.ts';
import { probeHost } from './probe-host.ts';

/** How long the host may take to answer at all. */
const ANSWER_MS = 4_000;
/** How long a running download may stand still. */
const STALL_MS = 30_000;

/**
 * The library's download with three differences: certificates are verified (it turns that off unless npm is told
 * otherwise, and the checksum comes from the same host), nothing is tried twice, and a host that does not answer
 * costs seconds.
 */
export class OfficialDownload extends MongoBinaryDownload {
  readonly #label: string;
  readonly #progress: ProgressSink | undefined;
  #toldAt = 0;

  private constructor(
    options: { downloadDir: string; version: string; os: Awaited<ReturnType<typeof getOS>> },
    progress: ProgressSink | undefined,
  ) {
    super({ ...options, checkMD5: true });
    this.#label = `mongod ${options.version}`;
    this.#progress = progress;
  }

  /** Downloads and unpacks one version into a directory, and returns the path of the server in it. */
  static async fetch(downloadDir: string, version: string, progress?: ProgressSink): Promise<string> {
    const options = { downloadDir, version, os: await getOS() };
    return await new OfficialDownload(options, progress).getMongodPath();
  }

  override async httpDownload(
    url: URL,
    options: RequestOptions,
    location: string,
    unfinished: string,
  ): Promise<string> {
    const verified = { ...options, rejectUnauthorized: true };
    await probeHost(url, verified, ANSWER_MS);
    return await super.httpDownload(url, verified, location, unfinished, 1, 0, STALL_MS);
  }

  override printDownloadProgress(chunk: { length: number }): void {
    this.dlProgress.current += chunk.length;
    const now = Date.now();
    const { current: doneBytes, length: totalBytes } = this.dlProgress;
    if (now - this.#toldAt < 100 && doneBytes < totalBytes) return;
    this.#toldAt = now;
    this.#progress?.({ label: this.#label, doneBytes, totalBytes });
  }
}
