/** Waits before a process that died is started again, in ms: the first, and the longest. */
const FIRST_MS = 500;
const LONGEST_MS = 10_000;
/** A process that lived so long, in ms, has not kept dying: the first wait counts again. */
const CALM_MS = 60_000;

/** How long to wait before the next start of a process that keeps ending: doubled each time. */
export class BackOff {
  #next = FIRST_MS;

  /** `lifeMs`: how long it lived. `orderly`: it ended because it was asked to, which is no reason to wait longer. */
  after({ lifeMs, orderly }: { lifeMs: number; orderly: boolean }): number {
    if (orderly) return FIRST_MS;
    if (lifeMs >= CALM_MS) this.#next = FIRST_MS;
    const wait = this.#next;
    this.#next = Math.min(wait * 2, LONGEST_MS);
    return wait;
  }
}
