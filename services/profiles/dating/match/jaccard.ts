/** What two sets share, in the order of the first, and its part of all that is in either; 0 for two empty sets. */
export function jaccard<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): { overlap: T[]; ratio: number } {
  const overlap = [...one].filter((value) => other.has(value));
  const union = one.size + other.size - overlap.length;
  return { overlap, ratio: union === 0 ? 0 : overlap.length / union };
}
