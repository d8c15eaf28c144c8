import type { Db } from 'mongodb';
import type { Check } from '#shared/health/readiness.ts';

/** Less than the second that a check may take. */
const PING_MS = 900;

/** Whether the database answers. */
export const databaseCheck =
  (db: () => Db | undefined): Check =>
  async () => {
    const open = db();
    if (!open) return 'not connected yet';
    await open.command({ ping: 1 }, { timeoutMS: PING_MS });
    return null;
  };
