/** A place that a server's binary may come from. */
export interface Source {
  /** For people: `nats-server on the PATH`. */
  name: string;
  /** The path of a binary that is there already. Throws an Error with one line when it can never be had here. */
  present(): Promise<string | undefined>;
  /** Gets it into the user's cache and answers its path. Throws an Error with one line. */
  fetch?(): Promise<string>;
}

/** A binary that runs. */
export interface Probed {
  path: string;
  /** Such as 8.0.17. */
  version: string;
}

export interface Found extends Probed {
  /** Where it came from, for people. */
  from: string;
}

/** No source has it; the message lists what was tried. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

async function pathOf(source: Source, mayFetch: boolean): Promise<string> {
  const present = await source.present();
  if (present) return present;
  if (!source.fetch) throw new Error('not found');
  if (!mayFetch) throw new Error('not fetched yet');
  return source.fetch();
}

/**
 * The first source whose binary passes `probe`, which throws an Error with one line for one that won't do.
 * Throws NotFoundError.
 */
export async function firstUsable(
  sources: readonly Source[],
  probe: (path: string) => Promise<Probed>,
  { mayFetch }: { mayFetch: boolean },
): Promise<Found> {
  const tried: string[] = [];
  for (const source of sources) {
    try {
      return { ...(await probe(await pathOf(source, mayFetch))), from: source.name };
    } catch (error) {
      tried.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new NotFoundError(tried.join('; '));
}
