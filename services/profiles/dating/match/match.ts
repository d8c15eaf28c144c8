import type { Dating } from '#services/profiles/dating/dating.ts';
import type { Position } from '#services/profiles/dating/fields/place.ts';
import { RELATIONSHIP_FIELDS } from '#services/profiles/dating/fields/relationships.ts';
import { scoreInterests } from '#services/profiles/dating/match/interests.ts';
import { jaccard } from '#services/profiles/dating/match/jaccard.ts';
import { scoreLifestyle } from '#services/profiles/dating/match/lifestyle.ts';
import { type Residence, scoreLocation } from '#services/profiles/dating/match/location.ts';
import { roundHalfEven, toThousandths } from '#services/profiles/dating/match/round.ts';
import type { Breakdown } from '#services/profiles/dating/match/score.ts';
import { wordsOf } from '#services/profiles/dating/match/words.ts';

const WEIGHT = { relationship: 25, personality: 10 } as const;
const FLOOR = 10;
const CEILING = 100;

/** Shared words that are named. */
const MAX_WORDS = 12;

/** What is compared of a person; made once for whoever looks. */
export interface Person {
  dating: Dating;
  residence: Residence;
  relationships: Set<string>;
  words: Set<string>;
}

/** `point`: what distances are counted from, where it is known; what nobody may know exactly must not be exact here. */
export function personOf(dating: Dating, point: Position | undefined): Person {
  return {
    dating,
    residence: { place: dating.location ?? {}, ...(point && { point }) },
    relationships: new Set(RELATIONSHIP_FIELDS.flatMap((name) => dating[name] ?? [])),
    words: wordsOf(dating),
  };
}

/** How well `other` fits `viewer`: five components with integer scores, 100 points in all. */
export function matchOf(viewer: Person, other: Person): Breakdown {
  const relationship = jaccard(viewer.relationships, other.relationships);
  const personality = jaccard(viewer.words, other.words);
  const components = {
    location: scoreLocation(viewer.residence, other.residence),
    relationship: {
      score: roundHalfEven(WEIGHT.relationship * relationship.ratio),
      weight: WEIGHT.relationship,
      overlap: relationship.overlap,
      ratio: toThousandths(relationship.ratio),
    },
    interests: scoreInterests(viewer.dating, other.dating),
    lifestyle: scoreLifestyle(viewer.dating, other.dating),
    personality: {
      score: roundHalfEven(WEIGHT.personality * personality.ratio),
      weight: WEIGHT.personality,
      overlap: personality.overlap.sort().slice(0, MAX_WORDS),
      ratio: toThousandths(personality.ratio),
    },
  };
  const rawTotal = Object.values(components).reduce((sum, { score }) => sum + score, 0);
  return { total: Math.min(CEILING, Math.max(FLOOR, rawTotal)), rawTotal, components };
}
