/**
 * Text as a field keeps it: trimmed, and cut to `max` UTF-16 units without leaving half a surrogate pair. Null when it is
 * blank or no text at all: that clears the field.
 */
export function textOf(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return null;
  const cut = value.trim().slice(0, max);
  return (cut.isWellFormed() ? cut : cut.slice(0, -1)).trim() || null;
}

/** For looking into what people wrote: lowercase, with straight apostrophes, and blanks in place of hyphens. */
export const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[’`]/g, "'")
    .replaceAll(/[-‐-–\s]+/g, ' ')
    .trim();
