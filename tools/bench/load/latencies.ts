/** Times of answers, counted in steps of 10 µs: cheap to add to, and as exact as a percentile needs. */
const STEP_MS = 0.01;
/** 10 s; longer ones count as so long. */
const STEPS = 1_000_000;

export class Latencies {
  readonly #counts = new Uint32Array(STEPS + 1);
  #total = 0;

  add(ms: number): void {
    this.#counts[Math.min(STEPS, Math.floor(ms / STEP_MS))]! += 1;
    this.#total += 1;
  }

  /** The time, in ms, that `share` (0 to 1) of the answers did not pass; 0 when there are none. */
  percentile(share: number): number {
    let left = Math.ceil(this.#total * share);
    for (let step = 0; left > 0; step++) {
      left -= this.#counts[step]!;
      if (left <= 0) return (step + 0.5) * STEP_MS;
    }
    return 0;
  }
}
