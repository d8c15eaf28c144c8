import { monotonic } from '#shared/deadline.ts';
import { Fault } from '#shared/errors.ts';

/** Lets a few at a time do what is dear; the others wait in line, which is bounded. */
export class Slots {
  readonly #limits: { atOnce: number; waiting: number };
  readonly #line: (() => void)[] = [];
  #busy = 0;

  constructor(limits: { atOnce: number; waiting: number }) {
    this.#limits = limits;
  }

  /**
   * What `task` answers. Throws `overloaded` when the line is full, and when its turn comes later than `latest`
   * (monotonic ms): the task has not begun then.
   */
  async run<T>(task: () => Promise<T>, latest: number): Promise<T> {
    if (this.#busy < this.#limits.atOnce) this.#busy += 1;
    else {
      if (this.#line.length >= this.#limits.waiting) throw new Fault('overloaded');
      // Whoever leaves hands his slot over.
      await new Promise<void>((resolve) => this.#line.push(resolve));
    }
    try {
      if (monotonic() > latest) throw new Fault('overloaded');
      return await task();
    } finally {
      const next = this.#line.shift();
      if (next) next();
      else this.#busy -= 1;
    }
  }
}
