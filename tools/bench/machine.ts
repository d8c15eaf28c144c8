import { cpus, release, totalmem, type } from 'node:os';

/** What the figures were made on, for people. */
export function machineOf(mongod: string): string[][] {
  const all = cpus();
  const gib = Math.round(totalmem() / 1024 ** 3);
  return [
    ['Date', new Date().toISOString().slice(0, 10)],
    ['CPU', `${all[0]?.model.trim() ?? 'unknown'}, ${all.length} cores, shared by everything that runs`],
    ['Memory', `${gib} GiB`],
    ['System', `${type()} ${release()}`],
    ['Node', process.versions.node],
    ['MongoDB', `${mongod.split(',')[0]}, one-node replica set, journaled`],
  ];
}
