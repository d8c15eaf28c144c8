/**
 * Who is measured. `ours` and `cluster`: this program in one process, and as one process a service; `bare`, `fastify`:
 * servers that send the same bytes from memory; `express`: the obvious program; `group-commit`: the least that a write
 * can cost.
 */
export type Name = 'ours' | 'cluster' | 'bare' | 'fastify' | 'express' | 'group-commit';

/** A program under measurement, that serves HTTP on loopback. */
export interface Contestant {
  name: Name;
  port: number;
  /** Its processes. */
  pids(): number[];
  /** Ends it; resolves once it is gone. */
  stop(): Promise<void>;
}
