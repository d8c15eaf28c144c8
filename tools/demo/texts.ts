import * as material from '#tools/demo/material.ts';
import type { Random } from '#tools/demo/random.ts';

const SLOTS: Record<string, readonly string[]> = {
  thing: material.THINGS,
  place: material.PLACES,
  time: material.TIMES,
  doing: material.DOINGS,
};

/** Replaces `{thing}` and its like. */
const fill = (template: string, random: Random): string =>
  template.replace(/\{(\w+)\}/g, (slot, name: string) => {
    const words = SLOTS[name];
    return words ? random.pick(words) : slot;
  });

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

export const description = (random: Random): string => fill(random.pick(material.DESCRIPTIONS), random);

/** One to four sentences; an answer when it replies to something. */
export function sentences(random: Random, answers: boolean): string {
  const parts = answers ? [fill(random.pick(material.ANSWERS), random)] : [];
  if (!answers || random.chance(0.3)) {
    if (random.chance(0.3)) parts.push(random.pick(material.OPENERS));
    const statement = fill(random.pick(material.STATEMENTS), random);
    parts.push(parts.at(-1)?.endsWith(',') || parts.at(-1)?.endsWith(':') ? statement : capital(statement));
  }
  if (random.chance(0.35)) parts.push(fill(random.pick(material.QUESTIONS), random));
  if (random.chance(0.25)) parts.push(random.pick(material.CLOSERS));
  return parts.join(' ');
}

/** What the author makes of it on second thought. */
export const correction = (before: string, random: Random): string =>
  random.chance(0.5)
    ? `${before} (I mean ${random.pick(material.TIMES)}.)`
    : `${before} Edit: ${random.pick(material.CLOSERS)}`;

export const caption = (random: Random): string => random.pick(material.CAPTIONS);
