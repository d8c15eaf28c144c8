import type { Place, Position } from '#services/profiles/dating/fields/place.ts';

/** A GeoJSON point: longitude first. */
export interface Point {
  type: 'Point';
  coordinates: [number, number];
}

export const pointOf = ({ lat, lon }: Position): Point => ({ type: 'Point', coordinates: [lon, lat] });

/** To a tenth of a degree, some 11 km: tells the city and not the street. `+ 0` makes 0 of -0. */
const rounded = (degrees: number): number => Math.round(degrees * 10) / 10 + 0;

export const areaOf = ({ lat, lon }: Position): Position => ({ lat: rounded(lat), lon: rounded(lon) });

/** Where a place is, when it says so. */
export const positionIn = ({ lat, lon }: Place = {}): Position | undefined =>
  lat === undefined || lon === undefined ? undefined : { lat, lon };

/** True for what others were shown of a position: sent back with an edit it must not take the place of the exact one. */
export function isAreaOf(shown: Position, exact: Position): boolean {
  const area = areaOf(exact);
  return shown.lat === area.lat && shown.lon === area.lon;
}
