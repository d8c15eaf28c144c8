import type { Probed } from '#tools/servers/find.ts';
import { probeVersion } from '#tools/servers/probe.ts';

/** The part of a version within which data files can be exchanged: 6.0 of 6.0.5. */
export const series = (version: string): string => version.split('.').slice(0, 2).join('.');

const OLDEST_SERIES = 6;

/**
 * A `mongod` that runs, is new enough and, where data is there already, of the series `wanted`.
 * Throws an Error with one line when it won't do.
 */
export async function probe(path: string, wanted: string | undefined): Promise<Probed> {
  const probed = await probeVersion(path, /^db version v(\d+\.\d+\.\d+)/m, 'a MongoDB server');
  if (Number.parseInt(probed.version, 10) < OLDEST_SERIES)
    throw new Error(`is MongoDB ${probed.version}; ${OLDEST_SERIES}.0 or newer is needed`);
  if (wanted && series(probed.version) !== wanted)
    throw new Error(`is MongoDB ${probed.version}; the data was written by ${wanted}`);
  return probed;
}
