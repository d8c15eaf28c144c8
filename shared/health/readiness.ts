/** Answers what is wrong with a thing that the process needs; null when nothing is. Must not take longer than a second. */
export type Check = () => Promise<string | null>;

/** Whether this process should get work: what it needs is there, and it is not stopping. */
export class Readiness {
  readonly #checks = new Map<string, Check>();
  #draining = false;

  /** From now on not ready, whatever else is: the first step of stopping. */
  drain(): void {
    this.#draining = true;
  }

  /** Adds a thing that is needed, by name; a later check of that name takes its place. Answers what removes it again. */
  need(name: string, check: Check): () => void {
    this.#checks.set(name, check);
    return () => {
      if (this.#checks.get(name) === check) this.#checks.delete(name);
    };
  }

  /** What is wrong, by name; empty when the process is ready. */
  async problems(): Promise<Record<string, string>> {
    const entries = await Promise.all(
      [...this.#checks].map(async ([name, check]) => {
        try {
          return [name, await check()] as const;
        } catch (error) {
          return [name, error instanceof Error ? error.message : String(error)] as const;
        }
      }),
    );
    const problems = Object.fromEntries(entries.filter(([, problem]) => problem !== null)) as Record<string, string>;
    return this.#draining ? { ...problems, process: 'it is stopping' } : problems;
  }
}

/** The process's own. */
export const readiness = new Readiness();
