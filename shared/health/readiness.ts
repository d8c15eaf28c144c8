/** Answers what is wrong with a thing that the process needs; null when nothing is. Must not take longer than a second. */
export type Check = () => Promise<string | null>;

/** Whether this process should get work: what it needs is there, and it is not stopping. */
export class Readiness {
  readonly #needed = new Map<string, Check>();
  readonly #missed = new Map<string, Check>();
  #draining = false;

  /** From now on not ready, whatever else is: the first step of stopping. */
  drain(): void {
    this.#draining = true;
  }

  /** Adds a thing that is needed, by name; a later check of that name takes its place. Answers what removes it again. */
  need(name: string, check: Check): () => void {
    return add(this.#needed, name, check);
  }

  /** As `need`, for a thing without which the process does its work all the same: that it is missing is told, and no more. */
  miss(name: string, check: Check): () => void {
    return add(this.#missed, name, check);
  }

  /** What is wrong, by name; empty when the process is ready. */
  async problems(): Promise<Record<string, string>> {
    const problems = await failing(this.#needed);
    return this.#draining ? { ...problems, process: 'it is stopping' } : problems;
  }

  /** What is missing and not needed, by name. */
  missing(): Promise<Record<string, string>> {
    return failing(this.#missed);
  }
}

function add(checks: Map<string, Check>, name: string, check: Check): () => void {
  checks.set(name, check);
  return () => {
    if (checks.get(name) === check) checks.delete(name);
  };
}

async function failing(checks: ReadonlyMap<string, Check>): Promise<Record<string, string>> {
  const entries = await Promise.all(
    [...checks].map(async ([name, check]) => {
      try {
        return [name, await check()] as const;
      } catch (error) {
        return [name, error instanceof Error ? error.message : String(error)] as const;
      }
    }),
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** The process's own. */
export const readiness = new Readiness();
