import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for `ms`, or less: until `signal` aborts, which the caller then sees for itself. `ref`: keeps the process alive. */
export async function pause(ms: number, signal: AbortSignal, ref = true): Promise<void> {
  try {
    await sleep(ms, undefined, { signal, ref });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
