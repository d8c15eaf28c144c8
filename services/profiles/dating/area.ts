import { createHash } from 'node:crypto';
import type { Place, Position } from '#services/profiles/dating/fields/place.ts';

/** A GeoJSON point: longitude first. */
export interface Point {
  type: 'Point';
  coordinates: [number, number];
}

export const positionOf = ({ coordinates: [lon, lat] }: Point): Position => ({ lat, lon });

export const pointOf = ({ lat, lon }: Position): Point => ({ type: 'Point', coordinates: [lon, lat] });

/** Degrees, some 11 km: tells the city and not the street. */
const AREA = 0.1;

/** `+ 0` makes 0 of -0. */
const rounded = (degrees: number): number => Math.round(degrees / AREA) / (1 / AREA) + 0;

/** What others are shown of a position. */
export const areaOf = ({ lat, lon }: Position): Position => ({ lat: rounded(lat), lon: rounded(lon) });

const clamp = (degrees: number, bound: number): number => Math.max(-bound, Math.min(bound, degrees));

/** 0 to 1, from four bytes. */
const fraction = (bytes: Buffer, at: number): number => bytes.readUInt32BE(at) / 0xffff_ffff;

/**
 * A point somewhere in the area of a position: the same one for the same person and area, wherever in it he really is.
 * Everything that is searched, sorted or measured for others goes by it, so that no number of questions from chosen
 * points leads closer than the area. Not the middle of the area: a search would have to look at all people of a city to
 * return some of them, if all stood in one spot.
 */
export function publicPointOf(position: Position, person: string): Position {
  const { lat, lon } = areaOf(position);
  const hash = createHash('sha256').update(`${person} ${lat} ${lon}`).digest();
  return {
    lat: clamp(lat + (fraction(hash, 0) - 0.5) * AREA, 90),
    lon: clamp(lon + (fraction(hash, 4) - 0.5) * AREA, 180),
  };
}

/** Where a place is, when it says so. */
export const positionIn = ({ lat, lon }: Place = {}): Position | undefined =>
  lat === undefined || lon === undefined ? undefined : { lat, lon };

/** True for what others were shown of a position: sent back with an edit it must not take the place of the exact one. */
export function isAreaOf(shown: Position, exact: Position): boolean {
  const area = areaOf(exact);
  return shown.lat === area.lat && shown.lon === area.lon;
}
