import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for `step` for `ms` at most; one that fails or takes longer is logged, and the rest goes on. */
export async function within(
  ms: number,
  name: string,
  step: PromiseLike<unknown>,
  log: { warn(text: string): void },
): Promise<void> {
  const over = new AbortController();
  const tooLong = async () => {
    await sleep(ms, undefined, { signal: over.signal });
    log.warn(`stopping ${name} took too long`);
  };
  try {
    await Promise.race([step, tooLong()]);
  } catch (error) {
    log.warn(`stopping ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    over.abort();
  }
}
