import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signal, type ProcessId } from '#tools/mongod/process-id.ts';

/** Resolves true once the process is gone, false after `withinMs`. */
export async function ended(id: ProcessId, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isAlive(id)) {
    if (performance.now() > until) return false;
    await sleep(10);
  }
  return true;
}

/** Stops a process by SIGTERM, and by SIGKILL after `budgetMs`. */
export async function stopProcess(id: ProcessId, budgetMs: number): Promise<void> {
  signal(id, 'SIGTERM');
  if (await ended(id, budgetMs)) return;
  signal(id, 'SIGKILL');
  await ended(id, 1_000);
}
