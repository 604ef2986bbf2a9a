import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { MayReach } from './outside-address.ts';

/** Largest answer that is read, in bytes. */
const MAX_BYTES = 65_536;

/** How long an answer may take, look-up of the name included, in milliseconds. */
const TIMEOUT_MS = 5_000;

/** Reads a small JSON document from an address somebody outside has chosen. */
export type OutsideFetch = (url: string) => Promise<unknown>;

/**
 * Reads from addresses that may be reached, and from the very ones that were looked at: a name that resolves to
 * another address a moment later leads nowhere. Follows no redirect.
 */
export function outsideFetch(mayReach: MayReach): OutsideFetch {
  return async (text) => {
    const url = new URL(text);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const addresses = await within(signal, addressesOf(host));
    const refused = addresses.find(({ address }) => !mayReach(host, address));
    if (refused !== undefined) throw new Error(`${host} is at ${refused.address}, which must not be reached`);
    return JSON.parse(await read(url, addresses, signal)) as unknown;
  };
}

interface Address {
  address: string;
  family: number;
}

async function addressesOf(host: string): Promise<Address[]> {
  const family = isIP(host);
  return family === 0 ? lookup(host, { all: true }) : [{ address: host, family }];
}

/** Names are looked up by the system, which takes no signal. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, aborted]);
}

function read(url: URL, addresses: Address[], signal: AbortSignal): Promise<string> {
  const pinned: LookupFunction = (_host, { all }, answer) => {
    const [first] = addresses;
    if (all === true) answer(null, addresses);
    else answer(null, first?.address ?? '', first?.family);
  };
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const options = { lookup: pinned, agent: false, signal, headers: { accept: 'application/json' } };
    const sent = request(url, options, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`${url.href} answered ${response.statusCode}`));
        sent.destroy();
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MAX_BYTES) sent.destroy(new Error(`${url.href} answered more than ${MAX_BYTES} bytes`));
      });
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on('error', reject);
    sent.end();
  });
}
