import type { mongo } from 'mongoose';

/** Told when a cluster stops answering and when it answers again, by its addresses. */
export interface CircuitWatch {
  onOpen(addresses: readonly string[]): void;
  onClose(addresses: readonly string[]): void;
}

/**
 * How long a cluster must be without a server that takes writes, in milliseconds. A process that was busy for a moment
 * has missed an answer that was there, and hears the next one at once; until then commands wait for a server.
 */
const GRACE_MS = 250;

/** Why a command was not even tried. */
export class CircuitOpenError extends Error {
  constructor(addresses: readonly string[]) {
    super(`no server of ${addresses.join(', ')} answers`);
    this.name = 'CircuitOpenError';
  }
}

/**
 * Refuses commands at once while no server of a cluster takes writes, instead of letting each wait for itself. What
 * decides are the driver's own heartbeats, on connections of their own: a slow query, a caller's short deadline or a
 * full pool cannot open a circuit, and the first heartbeat that is answered closes it.
 */
export class Circuit {
  readonly #watch: CircuitWatch;
  #addresses: readonly string[] = [];
  #isOpen = false;
  #opening: NodeJS.Timeout | undefined;

  constructor(client: mongo.MongoClient, watch: CircuitWatch) {
    this.#watch = watch;
    let hasAnswered = false;
    client.on('topologyDescriptionChanged', ({ newDescription: { servers } }) => {
      this.#addresses = [...servers.keys()];
      const isWritable = [...servers.values()].some((server) => server.isWritable);
      hasAnswered ||= isWritable;
      // A client that has never been connected is not open yet, and one that closes knows no server any more.
      if (!hasAnswered || servers.size === 0) return;
      if (isWritable) this.#close();
      else this.#opening ??= setTimeout(() => this.#open(), GRACE_MS).unref();
    });
    client.on('topologyClosed', () => this.#close());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws {CircuitOpenError} */
  requireClosed(): void {
    if (this.#isOpen) throw new CircuitOpenError(this.#addresses);
  }

  #open(): void {
    this.#isOpen = true;
    this.#watch.onOpen(this.#addresses);
  }

  #close(): void {
    clearTimeout(this.#opening);
    this.#opening = undefined;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watch.onClose(this.#addresses);
  }
}
