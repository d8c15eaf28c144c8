import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;
const ANSWER_MS = 2_000;
/** What a start waits for is said when it takes longer than this, and again when it changes. */
const PATIENCE_MS = 10_000;

/** Null when the process is ready, else why it is not, as one line. */
async function problemOf(healthUrl: string, signal: AbortSignal): Promise<string | null> {
  try {
    const answer = await fetch(`${healthUrl}/health/ready`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    const body = (await answer.json()) as { problems?: Record<string, string> };
    if (answer.ok) return null;
    return Object.entries(body.problems ?? {})
      .map(([name, problem]) => `${name}: ${problem}`)
      .join('; ');
  } catch {
    return 'it does not answer yet';
  }
}

/**
 * Resolves true once the process is ready, false when `signal` aborts before. `waiting` hears what it waits for when
 * that takes long.
 */
export async function untilReady(
  healthUrl: string,
  signal: AbortSignal,
  waiting: (problem: string) => void,
): Promise<boolean> {
  const begin = performance.now();
  let said: string | undefined;
  while (!signal.aborted) {
    const problem = await problemOf(healthUrl, signal);
    if (problem === null) return true;
    if (!signal.aborted && problem !== said && performance.now() - begin > PATIENCE_MS) waiting((said = problem));
    await sleep(POLL_MS);
  }
  return false;
}
