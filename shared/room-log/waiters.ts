/** Wakes who waits for a room to change in this process. */
export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Settles at the room's next change here, after `ms`, or when `signal` aborts. */
  async wait(room: string, ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(room) ?? new Set();
    this.#waiting.set(room, waiting.add(resolve));
    const timer = setTimeout(resolve, ms);
    const abort = () => resolve();
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) resolve();
    await promise;
    signal?.removeEventListener('abort', abort);
    clearTimeout(timer);
    waiting.delete(resolve);
    if (waiting.size === 0 && this.#waiting.get(room) === waiting) this.#waiting.delete(room);
  }

  wake(room: string): void {
    for (const resolve of this.#waiting.get(room) ?? []) resolve();
  }
}
