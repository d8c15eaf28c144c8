import { isUnavailable } from '#shared/mongo-faults.ts';
import { pause } from '#shared/pause.ts';

/** Between two tries, in ms; each try itself waits for the server selection time-out. */
const PAUSE_MS = 1_000;

/**
 * What `open` answers, tried again for as long as the database is away; null once `signal` aborts. `waiting` hears of
 * each failed try. Any other error is thrown: waiting would not mend it.
 */
export async function waitForDatabase<T>(
  open: () => Promise<T>,
  signal: AbortSignal,
  waiting: (error: unknown) => void,
): Promise<T | null> {
  while (!signal.aborted) {
    try {
      return await open();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      waiting(error);
    }
    await pause(PAUSE_MS, signal);
  }
  return null;
}
