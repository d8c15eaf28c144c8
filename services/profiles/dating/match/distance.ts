import type { Position } from '#services/profiles/dating/fields/place.ts';

/** Kilometres. */
export const EARTH_RADIUS_KM = 6_371;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Kilometres between two positions along the Earth's surface, by the haversine formula. */
export function distanceKm(one: Position, other: Position): number {
  const height = Math.sin(radians(other.lat - one.lat) / 2);
  const width = Math.sin(radians(other.lon - one.lon) / 2);
  const chord = height ** 2 + Math.cos(radians(one.lat)) * Math.cos(radians(other.lat)) * width ** 2;
  // Rounding errors must not lead past the other side of the Earth.
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}
