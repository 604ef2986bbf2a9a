/** The first words of a failure on one line, short enough for a log. */
export function oneLine(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure);
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
}
