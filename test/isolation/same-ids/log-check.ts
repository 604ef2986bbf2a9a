import { foreignCanaries } from './canaries.ts';

/** Holds log lines to the tenants their request was about. */
export class LogCheck {
  readonly #logs: Record<string, unknown>[];
  /** Identifiers by request. */
  readonly #allowed = new Map<string, readonly string[]>();

  constructor(logs: Record<string, unknown>[]) {
    this.#logs = logs;
  }

  allow(requestId: string, identifiers: readonly string[]): void {
    this.#allowed.set(requestId, identifiers);
  }

  /** Takes the lines so far. @returns those that name a tenant they should not. */
  take(): string[] {
    const faults: string[] = [];
    // A line may come before whoever asked has read the answer: those of unknown requests wait.
    const early: Record<string, unknown>[] = [];
    for (const line of this.#logs.splice(0)) {
      const text = JSON.stringify(line);
      const allowed = this.#allowed.get(String(line['requestId']));
      if (allowed === undefined && line['requestId'] !== undefined) early.push(line);
      else if (foreignCanaries(text, '').some((canary) => allowed?.includes(canary) !== true))
        faults.push(text);
    }
    this.#logs.push(...early);
    return faults;
  }
}
