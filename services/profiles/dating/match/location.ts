import { type Place, type Position, sameName } from '#services/profiles/dating/fields/place.ts';
import { distanceKm } from '#services/profiles/dating/match/distance.ts';
import { toThousandths } from '#services/profiles/dating/match/round.ts';
import type { Components } from '#services/profiles/dating/match/score.ts';

const WEIGHT = 30;

/** By distance: up to so many km, so many points. */
const LEVELS = [
  [25, 30, 'same-area'],
  [100, 26, 'nearby'],
  [250, 22, 'regional'],
  [500, 18, 'same-state'],
  [1_500, 12, 'same-country'],
  [Number.POSITIVE_INFINITY, 6, 'distant'],
] as const;

/** Where somebody lives, and the point that counts for distances. */
export interface Residence {
  place: Place;
  point?: Position;
}

/** By the names of places, where the distance is not known. */
function byName(one: Place, other: Place): [score: number, level?: string] {
  if (sameName(one.city, other.city)) return [26, 'same-city'];
  if (sameName(one.state, other.state) || sameName(one.stateCode, other.stateCode)) return [20, 'same-state'];
  if (sameName(one.country, other.country) || sameName(one.countryCode, other.countryCode)) return [12, 'same-country'];
  return [0];
}

export function scoreLocation(one: Residence, other: Residence): Components['location'] {
  if (one.point && other.point) {
    const km = distanceKm(one.point, other.point);
    const [, score, level] = LEVELS.find(([limit]) => km <= limit)!;
    return { score, weight: WEIGHT, distanceKm: toThousandths(km), level };
  }
  const [score, level] = byName(one.place, other.place);
  return { score, weight: WEIGHT, ...(level !== undefined && { level }) };
}
