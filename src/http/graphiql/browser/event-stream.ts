/** Reads server-sent events (`next` with a result as JSON, then `complete`) as an async iterable GraphiQL can stop. */
export const eventStreamScript = /* js */ String.raw`
function eventStream(open) {
  const abort = new AbortController();
  const results = readResults(open, abort.signal);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => results.next(),
    // A generator waiting for the network would answer return() only after the next event, so abort it first.
    return() {
      abort.abort();
      return results.return();
    },
  };
}

async function* readResults(open, signal) {
  try {
    const response = await open(signal);
    if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
      yield await readJson(response);
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text = (text + value).replaceAll('\r\n', '\n');
      const events = text.split('\n\n');
      text = events.pop();
      for (const event of events) {
        const lines = event.split('\n');
        if (lines.includes('event: complete')) return;
        const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
        const json = data.join('\n');
        if (json !== '') yield JSON.parse(json);
      }
    }
  } catch (error) {
    if (!signal.aborted) yield asResult(error);
  }
}
`;
