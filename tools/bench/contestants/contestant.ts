/** A program under measurement: one process that serves HTTP on loopback. */
export interface Contestant {
  name: 'ours' | 'bare' | 'express';
  port: number;
  pid: number;
  /** Ends it; resolves once it is gone. */
  stop(): Promise<void>;
}
