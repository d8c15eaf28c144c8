/** Writes that failed in a row until no more are tried. */
const THRESHOLD = 3;

/** Keeps writes from an API that fails them: open, for everybody, for a while after three failures in a row. */
export class Breaker {
  readonly #cooldownMs: number;
  #failures = 0;
  #openUntil = 0;
  /** How often it has opened. */
  opened = 0;

  constructor(cooldownMs: number) {
    this.#cooldownMs = cooldownMs;
  }

  get open(): boolean {
    return performance.now() < this.#openUntil;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures += 1;
    if (this.#failures < THRESHOLD) return;
    this.#failures = 0;
    this.#openUntil = performance.now() + this.#cooldownMs;
    this.opened += 1;
  }
}
