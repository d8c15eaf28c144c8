import type { Dating } from '#services/profiles/dating/dating.ts';
import { CHARACTER_TEXTS } from '#services/profiles/dating/fields/text-fields.ts';

/** Words that everybody uses and that tell nothing of anybody. */
const STOP = new Set(
  "about all also and any are but can for from get has have her him his how i'm into its it's just like love lot more most not one our out she some than that the their them then there they this too very was were what when where who will with would you your".split(
    ' ',
  ),
);

/** The words, of at least three characters, of what somebody writes of character and tastes. */
export function wordsOf(dating: Dating): Set<string> {
  const words = new Set<string>();
  for (const name of CHARACTER_TEXTS)
    for (const word of dating[name]?.toLowerCase().match(/[a-z0-9']{3,}/g) ?? []) if (!STOP.has(word)) words.add(word);
  return words;
}
