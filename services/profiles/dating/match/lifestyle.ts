import type { Dating } from '#services/profiles/dating/dating.ts';
import type { Components } from '#services/profiles/dating/match/score.ts';

const WEIGHT = 15;
const POINTS = { smoking: 4, drinking: 4, children: 3, relocation: 3 } as const;
const SAME_COUNT = 2;
const CLOSE_COUNT = 1;

export function scoreLifestyle(viewer: Dating, other: Dating): Components['lifestyle'] {
  const names = Object.keys(POINTS) as (keyof typeof POINTS)[];
  const matches: string[] = names.filter((name) => viewer[name] !== undefined && viewer[name] === other[name]);
  let points = names.reduce((sum, name) => sum + (matches.includes(name) ? POINTS[name] : 0), 0);
  const apart = Math.abs((viewer.childrenCount ?? Number.NaN) - (other.childrenCount ?? Number.NaN));
  if (apart === 0) {
    matches.push('childrenCount');
    points += SAME_COUNT;
  } else if (apart === 1) {
    matches.push('childrenCountClose');
    points += CLOSE_COUNT;
  }
  return { score: Math.min(WEIGHT, points), weight: WEIGHT, matches };
}
