import type { Db } from 'mongodb';
import type { Knowledge } from '#tools/adopt/kind.ts';
import type { Notes } from '#tools/adopt/notes.ts';
import type { Old } from '#tools/adopt/values.ts';
import type { Meter } from '#tools/meter.ts';

/** What every stage works with. */
export interface Adoption {
  /** The database of the older service; it is only read, unless it is `to` as well. */
  from: Db;
  to: Db;
  inPlace: boolean;
  /** Counts everything and changes nothing; `notes` lies in a database of its own then. */
  dryRun: boolean;
  notes: Notes;
  /** What is needed to read these documents. */
  knowing: (documents: readonly Old[]) => Promise<Knowledge>;
  meter: (label: string, total: number) => Meter;
  /** Throws when somebody else writes, or when this run was told to stop. */
  checkAlone: () => Promise<void>;
}

/** Documents and bytes of a batch: a second of work at most, and no more memory than that however large the database is. */
export const BATCH = { documents: 500, bytes: 8 * 1024 * 1024 } as const;
