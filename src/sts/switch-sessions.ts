import { handOver, type Listener, type StsReply, type StsRequest } from './hand-over.ts';

/** Where the library ends a session, below the issuer. */
const CONFIRM_TARGET = '/oauth/logout/confirm';

/**
 * Answers a request as {@link handOver} does. Where the session of somebody else has to end first, the library shows a
 * page of its own that sends itself to {@link CONFIRM_TARGET}, and a button for browsers without scripts. Nobody has
 * anything to decide there: it is sent on right here, and what people see is what comes next.
 */
export async function answerThroughSwitch(
  listener: Listener,
  issuer: URL,
  request: StsRequest,
): Promise<StsReply> {
  const shown = await handOver(listener, issuer, request);
  const form = formOf(shown, `${issuer.href}${CONFIRM_TARGET}`);
  if (form === undefined) return shown;
  const sent = await handOver(listener, issuer, {
    ...request,
    method: 'POST',
    target: CONFIRM_TARGET,
    headers: {
      ...request.headers,
      'content-type': 'application/x-www-form-urlencoded',
      cookie: cookiesAfter(request.headers.cookie, shown.cookies),
    },
    body: Buffer.from(form.toString()),
  });
  return { ...sent, cookies: [...shown.cookies, ...sent.cookies] };
}

/** The fields of the library's page, if a reply is that page. Its version is pinned. */
function formOf({ body }: StsReply, action: string): URLSearchParams | undefined {
  if (typeof body !== 'string' || !body.includes('<title>Submitting Callback</title>')) return undefined;
  if (!body.includes(`<form method="post" action="${action}">`)) return undefined;
  const fields = body.matchAll(/<input type="hidden" name="(\w+)" value="([\w-]*)"\/>/g);
  return new URLSearchParams([...fields].map(([, name = '', value = '']) => [name, value]));
}

/** The `Cookie` header of a browser that was sent these. */
function cookiesAfter(before: string | undefined, set: readonly string[]): string {
  const cookies = new Map<string, string>();
  for (const each of [...(before?.split('; ') ?? []), ...set]) {
    const [, pair, name] = /^(([^=;]+)=[^;]*)/.exec(each) ?? [];
    if (pair !== undefined && name !== undefined) cookies.set(name, pair);
  }
  return [...cookies.values()].join('; ');
}
