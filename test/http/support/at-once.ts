/** As many as keep a small machine busy. */
const AT_ONCE = 6;

/** Runs all, a few at once; rejects with the first that fails. */
export async function eachAtOnce<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const work = async () => {
    for (const item of waiting) await run(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
