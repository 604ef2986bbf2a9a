import { type RawReply, send } from './request.ts';

/** Where a visit ended. */
export interface Shown {
  status: number;
  /** Of a redirect that leads elsewhere. */
  location: URL | undefined;
  body: string;
  headers: RawReply['headers'];
  url: URL;
}

/** A browser as far as a sign-in needs one: it keeps cookies by their paths and follows redirects. */
export class UserAgent {
  readonly #port: number;
  readonly #cookies = new Map<string, { value: string; path: string }>();

  constructor({ port }: { port: number }) {
    this.#port = port;
  }

  /** Follows redirects within the gateway; answers the first that leads elsewhere, or the page at the end. */
  visit(address: URL): Promise<Shown> {
    return this.#follow(address, { method: 'GET' });
  }

  /** Sends a form as a page of the same origin does; `headers` say where it comes from otherwise. */
  submit(
    address: URL,
    form: Record<string, string>,
    headers: Record<string, string> = { 'sec-fetch-site': 'same-origin', origin: address.origin },
  ): Promise<Shown> {
    return this.#follow(address, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(form).toString(),
    });
  }

  async #follow(
    address: URL,
    first: { method: string; headers?: Record<string, string>; body?: string },
  ): Promise<Shown> {
    for (let at = address, hops = 0; hops < 12; hops += 1) {
      const { status, headers, body } = await send({
        port: this.#port,
        ...(hops === 0 ? first : { method: 'GET' }),
        path: at.pathname + at.search,
        headers: {
          ...(hops === 0 ? first.headers : {}),
          host: at.host,
          cookie: this.#cookiesFor(at.pathname),
        },
      });
      for (const line of [headers['set-cookie'] ?? []].flat()) this.#keep(line);
      if (headers['location'] === undefined) return { status, location: undefined, body, headers, url: at };
      const next = new URL(headers['location'] as string, at);
      if (next.host !== address.host || !next.pathname.startsWith('/t/'))
        return { status, location: next, body, headers, url: at };
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
