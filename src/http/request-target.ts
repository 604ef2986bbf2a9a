/** The path of a request target, without its query. */
export function pathOf(target: string | undefined): string {
  return target?.split('?')[0] ?? '';
}

/** The query of a request target, with its question mark; '' when there is none. */
export function searchOf(target: string | undefined): string {
  const start = target?.indexOf('?') ?? -1;
  return start === -1 ? '' : (target ?? '').slice(start);
}
