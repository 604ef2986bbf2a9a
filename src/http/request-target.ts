/** The path of a request target, without its query. */
export function pathOf(target: string | undefined): string {
  return target?.split('?')[0] ?? '';
}

/** The query of a request target, with its question mark; '' when there is none. */
export function searchOf(target: string | undefined): string {
  const start = target?.indexOf('?') ?? -1;
  return start === -1 ? '' : (target ?? '').slice(start);
}

/** A path below the tenant's own address: what follows `/t/{identifier}`, or all of it where a host names the tenant. */
export function localPathOf(path: string): string {
  return /^\/t\/[^/]+(\/.*)$/.exec(path)?.[1] ?? path;
}
