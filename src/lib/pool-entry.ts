/** Who has a lease of a pooled value. */
export interface Holder {
  readonly givesWay: boolean;
  /** Takes the value away from it. */
  end(reason: unknown): void;
}

/** A value of a `KeyedPool`, open or on its way in or out. */
export interface PoolEntry<V> {
  readonly key: string;
  readonly version: number;
  readonly group: string | undefined;
  readonly value: Promise<V>;
  /** The value, once it is open. */
  opened: V | undefined;
  readonly leases: Set<Holder>;
  isEvicted: boolean;
  deadline: NodeJS.Timeout | undefined;
  /** Runs from the end of the last lease. */
  idle: NodeJS.Timeout | undefined;
  isClosing: boolean;
  readonly closed: Promise<void>;
  readonly markClosed: () => void;
}

export function poolEntry<V>(
  source: Pick<PoolEntry<V>, 'key' | 'version' | 'group' | 'value'>,
): PoolEntry<V> {
  let markClosed = (): void => undefined;
  const closed = new Promise<void>((resolve) => (markClosed = resolve));
  return {
    ...source,
    opened: undefined,
    leases: new Set(),
    isEvicted: false,
    deadline: undefined,
    idle: undefined,
    isClosing: false,
    closed,
    markClosed,
  };
}
