import { send } from './request.ts';

/** A browser as far as a sign-in needs one: it keeps cookies by their paths and follows redirects. */
export class UserAgent {
  readonly #port: number;
  readonly #cookies = new Map<string, { value: string; path: string }>();

  constructor({ port }: { port: number }) {
    this.#port = port;
  }

  /** Follows redirects within the gateway; answers the first that leads elsewhere, or the page at the end. */
  async visit(address: URL): Promise<{ status: number; location: URL | undefined; body: string }> {
    for (let at = address, hops = 0; hops < 12; hops += 1) {
      const { status, headers, body } = await send({
        port: this.#port,
        method: 'GET',
        path: at.pathname + at.search,
        headers: { host: at.host, cookie: this.#cookiesFor(at.pathname) },
      });
      for (const line of [headers['set-cookie'] ?? []].flat()) this.#keep(line);
      if (headers['location'] === undefined) return { status, location: undefined, body };
      const next = new URL(headers['location'] as string, at);
      if (next.host !== address.host || !next.pathname.startsWith('/t/'))
        return { status, location: next, body };
      at = next;
    }
    throw new Error('too many redirects');
  }

  get cookies(): ReadonlyMap<string, { value: string; path: string }> {
    return this.#cookies;
  }

  /** Takes over what another browser holds, as a thief would: whatever path it was meant for. */
  steal(other: UserAgent): void {
    for (const [name, { value }] of other.cookies) this.#cookies.set(name, { value, path: '/' });
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/';
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, { value, path });
  }

  #cookiesFor(path: string): string {
    return [...this.#cookies]
      .filter(([, cookie]) => path.startsWith(cookie.path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }
}
