import type { Phrase } from '#services/profiles/dating/fields/text-fields.ts';
import { plain, textOf } from '#services/profiles/dating/fields/text.ts';

/** Characters of a phrase that is not one of ours. */
const MAX = 80;

/** The first phrase whose pattern is found. */
type Rules = readonly (readonly [RegExp, string])[];

const find = (rules: Rules, text: string): string | undefined =>
  rules.find(([pattern]) => pattern.test(plain(text)))?.[1];

const GENDER: Rules = [
  [/^male$/, 'Male'],
  [/^female$/, 'Female'],
];
const INTERESTED_IN: Rules = [
  [/^(female|woman|women)$/, 'Female'],
  [/^(male|man|men)$/, 'Male'],
  [/^(everyone|everybody|all|any)$/, 'Everyone'],
];
const SMOKING: Rules = [
  [/don't|dont|non/, "Don't smoke"],
  [/occasion/, 'Occasionally smoke'],
  [/smoke/, 'Do smoke'],
];
const DRINKING: Rules = [
  [/don't|dont|non/, "Don't drink"],
  [/occasion|social/, 'Occasionally drink'],
  [/drink/, 'Do drink'],
];
const CHILDREN: Rules = [
  [/^no|none/, 'No'],
  [/(don't|dont) live|separate/, "Yes - we don't live together"],
  [/live together|same home|with me/, 'Yes - we live together'],
];
/** The refusal first: "not willing to move to another country" names a country, too. */
const RELOCATION: Rules = [
  [/not\b.*\bwilling/, 'Not willing to relocate'],
  [/within.*country/, 'Willing to relocate within my country'],
  [/another country|abroad|international/, 'Willing to relocate to another country'],
  [/not sure|unsure/, 'Not sure about relocating'],
];

/** One of the known phrases; undefined, which leaves the field as it is, for others; null, which clears it, when blank. */
const oneOf = (rules: Rules) => (value: unknown) => {
  const text = textOf(value, MAX);
  return text && find(rules, text);
};

/** A known phrase where one is meant, else what was written; null, which clears the field, when blank. */
const orAsWritten = (rules: Rules) => (value: unknown) => {
  const text = textOf(value, MAX);
  return text && (find(rules, text) ?? text);
};

/** By field, what becomes of what was sent. */
export const phraseOf: Readonly<Record<Phrase, (value: unknown) => string | null | undefined>> = {
  gender: oneOf(GENDER),
  interestedIn: oneOf(INTERESTED_IN),
  smoking: orAsWritten(SMOKING),
  drinking: orAsWritten(DRINKING),
  children: orAsWritten(CHILDREN),
  relocation: orAsWritten(RELOCATION),
};
