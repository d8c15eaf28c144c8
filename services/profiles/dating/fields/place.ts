import { Fault } from '#shared/errors.ts';
import { plain, textOf } from '#services/profiles/dating/fields/text.ts';

/** A point on Earth, in degrees. */
export interface Position {
  lat: number;
  lon: number;
}

/** Where somebody lives. `lat` and `lon` come together. */
export interface Place extends Partial<Position> {
  city?: string;
  state?: string;
  stateCode?: string;
  country?: string;
  countryCode?: string;
  formatted?: string;
  /** Metres. */
  accuracy?: number;
}

type Sent = Record<string, unknown>;

const firstText = (sent: Sent, names: readonly string[], max: number): string | undefined => {
  for (const name of names) {
    const text = textOf(sent[name], max);
    if (text !== null) return text;
  }
  return undefined;
};

const isShort = (text: string): boolean => text.length <= 3;

/** The country, or its code where that is what was written in its place. */
function countryOf(sent: Sent): Pick<Place, 'country' | 'countryCode'> {
  const code = firstText(sent, ['countryCode', 'country_code', 'countryISO', 'countryIso'], 10);
  const country = firstText(sent, ['country', 'countryName', 'country_name'], 120);
  const short = country !== undefined && isShort(country);
  const countryCode = code ?? (short ? country : undefined);
  return {
    ...(country !== undefined && !short && { country }),
    ...(countryCode !== undefined && { countryCode: isShort(countryCode) ? countryCode.toUpperCase() : countryCode }),
  };
}

/** Degrees; undefined when absent. 0 counts. Throws 400 for what is no number or out of bounds. */
function degreesOf(sent: Sent, names: readonly string[], bound: 90 | 180): number | undefined {
  const value = names.map((name) => sent[name]).find((one) => one !== undefined && one !== null && one !== '');
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !(Math.abs(number) <= bound))
    throw new Fault('dating_field_invalid', `location.${names[0]} must be between -${bound} and ${bound}`);
  return number;
}

/** `lat` and `lon` by any of their names, else a GeoJSON point; undefined unless both are there. */
function positionOf(sent: Sent): Position | undefined {
  const lat = degreesOf(sent, ['lat', 'latitude'], 90);
  const lon = degreesOf(sent, ['lon', 'lng', 'longitude'], 180);
  if (lat !== undefined && lon !== undefined) return { lat, lon };
  const point = sent.coordinates as { type?: unknown; coordinates?: unknown } | null | undefined;
  if (point?.type !== 'Point' || !Array.isArray(point.coordinates)) return undefined;
  const [east, north] = point.coordinates as unknown[];
  const inPoint = { lat: degreesOf({ lat: north }, ['lat'], 90), lon: degreesOf({ lon: east }, ['lon'], 180) };
  return inPoint.lat === undefined || inPoint.lon === undefined ? undefined : (inPoint as Position);
}

/** A place as it was sent, by any of the names its parts go by. Null, which clears it, for what is no object. */
export function placeOf(value: unknown): Place | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const sent = value as Sent;
  const texts = {
    city: firstText(sent, ['city', 'cityName'], 120),
    state: firstText(sent, ['state', 'stateName'], 120),
    stateCode: firstText(sent, ['stateCode', 'state_code'], 20)?.toUpperCase(),
    formatted: firstText(sent, ['formatted'], 180),
  };
  const { accuracy } = sent;
  return {
    ...(Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)) as Place),
    ...countryOf(sent),
    ...positionOf(sent),
    ...(typeof accuracy === 'number' && Number.isFinite(accuracy) && accuracy >= 0 && { accuracy }),
  };
}

/** Whether two people name the same: both must have named it. */
export const sameName = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && plain(one) === plain(other);
