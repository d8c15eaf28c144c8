import type { Collections } from '#shared/room-log/collections.ts';
import type { Head } from '#shared/room-log/types.ts';

const PAGE = 500;

/** The heads of all rooms, by id; each page is a query of its own, so that the walk may take any time. */
export async function* allHeads({ heads }: Collections): AsyncGenerator<Head> {
  for (let after = ''; ;) {
    const page = await heads
      .find({ _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(PAGE)
      .toArray();
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!._id;
  }
}

/** Runs `work` on all that comes, `atOnce` at a time. A failure ends it, after what is under way. */
export async function inParallel<T>(
  source: AsyncGenerator<T>,
  atOnce: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const worker = async () => {
    for (let next = await source.next(); !next.done; next = await source.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
