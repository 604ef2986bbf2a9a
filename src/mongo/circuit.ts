import type { mongo } from 'mongoose';

/** Told when a cluster stops answering and when it answers again, by its addresses. */
export interface CircuitWatch {
  onOpen(addresses: readonly string[]): void;
  onClose(addresses: readonly string[]): void;
}

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

  constructor(client: mongo.MongoClient, watch: CircuitWatch) {
    this.#watch = watch;
    let hasAnswered = false;
    client.on('topologyDescriptionChanged', ({ newDescription: { servers } }) => {
      this.#addresses = [...servers.keys()];
      const isWritable = [...servers.values()].some((server) => server.isWritable);
      hasAnswered ||= isWritable;
      // A client that has never been connected is not open yet, and one that closes knows no server any more.
      if (hasAnswered && servers.size > 0) this.#turn(!isWritable);
    });
    client.on('topologyClosed', () => this.#end());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws {CircuitOpenError} */
  requireClosed(): void {
    if (this.#isOpen) throw new CircuitOpenError(this.#addresses);
  }

  #turn(isOpen: boolean): void {
    if (this.#isOpen === isOpen) return;
    this.#isOpen = isOpen;
    if (isOpen) this.#watch.onOpen(this.#addresses);
    else this.#watch.onClose(this.#addresses);
  }

  #end(): void {
    if (this.#isOpen) this.#watch.onClose(this.#addresses);
    this.#isOpen = false;
  }
}
