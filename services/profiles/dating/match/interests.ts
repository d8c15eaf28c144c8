import type { Dating } from '#services/profiles/dating/dating.ts';
import { ageRangeOf } from '#services/profiles/dating/fields/preferences.ts';
import { sameName } from '#services/profiles/dating/fields/place.ts';
import type { Components } from '#services/profiles/dating/match/score.ts';

const WEIGHT = 20;
const PER_DIRECTION = 10;
const SAME_RELIGION = 5;

/** Years outside of a range that still count a little. */
const NEAR_YEARS = 2;

const wants = ({ interestedIn }: Dating, { gender }: Dating): boolean =>
  interestedIn === 'Everyone' || (interestedIn !== undefined && interestedIn === gender);

/** How an age fits what somebody prefers: points, and the ending of what it is called. */
function fit(preferring: Dating, age: number | undefined): [points: number, ending: string] {
  const { min, max } = ageRangeOf(preferring.preferences?.age);
  if (age === undefined || (min === undefined && max === undefined)) return [0, ''];
  if (max === undefined) return [age >= min! ? 3 : 0, '-min'];
  if (min === undefined) return [age <= max ? 3 : 0, '-max'];
  if (age >= min && age <= max) return [5, ''];
  return [age >= min - NEAR_YEARS && age <= max + NEAR_YEARS ? 2 : 0, '-near'];
}

export function scoreInterests(viewer: Dating, other: Dating): Components['interests'] {
  const mutual = [...(wants(viewer, other) ? ['viewer'] : []), ...(wants(other, viewer) ? ['other'] : [])];
  const religionMatch = sameName(viewer.religion, other.religion);
  const fits = [
    ['viewer-range', ...fit(viewer, other.age)],
    ['other-range', ...fit(other, viewer.age)],
  ] as const;
  const ageCompatibility = fits.filter(([, points]) => points > 0).map(([side, , ending]) => side + ending);
  const points = mutual.length * PER_DIRECTION + (religionMatch ? SAME_RELIGION : 0) + fits[0][1] + fits[1][1];
  return {
    score: Math.min(WEIGHT, points),
    weight: WEIGHT,
    ...(mutual.length > 0 && { mutual }),
    ...(religionMatch && { religionMatch }),
    ...(ageCompatibility.length > 0 && { ageCompatibility }),
  };
}
