import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** What the figures were made on, for people. `load`: as `loadBefore` told it; `members`: how many mongods, in words. */
export function machineOf(mongod: string, load: number, members = 'one-node replica set'): string[][] {
  const all = cpus();
  const gib = Math.round(totalmem() / 1024 ** 3);
  return [
    ['Date', new Date().toISOString().slice(0, 10)],
    ['CPU', `${all[0]?.model.trim() ?? 'unknown'}, ${all.length} cores, shared by everything that runs`],
    [
      'Load',
      `${load.toFixed(1)} before the bench began${isBusy(load) ? ': the machine was busy, do not trust this' : ''}`,
    ],
    ['Memory', `${gib} GiB`],
    ['System', `${type()} ${release()}`],
    ['Node', process.versions.node],
    ['MongoDB', `${mongod.split(',')[0]}, ${members}, journaled`],
  ];
}

/** How many processes wanted a core, on average over the last minute. */
export const loadBefore = (): number => loadavg()[0]!;

/** Others take so much of the machine that the figures say more of them than of the programs. */
export const isBusy = (load: number): boolean => load > cpus().length / 2;
