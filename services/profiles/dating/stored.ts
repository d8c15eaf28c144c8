import type { ProfileDocument } from '#services/profiles/profile.document.ts';
import { type Point, pointOf, positionIn, publicPointOf } from '#services/profiles/dating/area.ts';
import { type Dating, DATING_FIELDS } from '#services/profiles/dating/dating.ts';
import type { Photos } from '#services/profiles/dating/fields/photos.ts';
import type { Place } from '#services/profiles/dating/fields/place.ts';
import { RELATIONSHIP_FIELDS } from '#services/profiles/dating/fields/relationships.ts';
import { TEXTS } from '#services/profiles/dating/fields/text-fields.ts';

type Stored<N extends string> = Partial<Record<N, unknown>>;

/** The dating part of a profile as it is stored: in the profile's own document, under the older service's names. */
export type DatingDocument = ProfileDocument &
  Stored<keyof Dating | 'firstName' | 'name' | 'datingProfileCreatedAt'> & {
    /** Whether others see it. */
    hasDatingProfile?: unknown;
    /** Where others find it; see `publicPointOf`. */
    datingPoint?: Point;
    /** Whether it has a `datingPoint`. Missing in documents of the older service. */
    hasDatingPoint?: boolean;
  };

/** Fields of older versions that nothing reads; gone with the next edit. */
const LEGACY = [
  'about',
  'aboutMe',
  'bio',
  'summary',
  'description',
  'partnerPreferences',
  'relationship',
  'relationships',
  'relationshipGoal',
];

type Fields = Record<string, unknown>;

const TEXT_NAMES: ReadonlySet<string> = new Set(TEXTS);

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const only = <T>(from: object, names: readonly string[], is: (value: unknown) => value is T): Record<string, T> => {
  const found: Record<string, T> = {};
  for (const name of names) {
    const value: unknown = (from as Fields)[name];
    if (is(value)) found[name] = value;
  }
  return found;
};

/** As `only` for the texts: there are eighty, and most people fill in a few. */
const textsOf = (document: DatingDocument): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(document)) if (TEXT_NAMES.has(name) && isText(value)) found[name] = value;
  return found;
};

const PLACE_TEXTS = ['city', 'state', 'stateCode', 'country', 'countryCode', 'formatted'];

/** The older service always stored both forms of a position; by hand only the point may have been written. */
function readPlace(value: unknown): Place | undefined {
  if (!isRecord(value)) return undefined;
  const point = isRecord(value.coordinates) ? value.coordinates.coordinates : undefined;
  const [lon, lat] = Array.isArray(point) ? (point as unknown[]) : [];
  const position = only({ lat, lon, ...only(value, ['lat', 'lon'], isNumber) }, ['lat', 'lon'], isNumber);
  const place = {
    ...only(value, PLACE_TEXTS, isText),
    ...(position.lat !== undefined && position.lon !== undefined && position),
    ...only(value, ['accuracy'], isNumber),
  };
  return Object.keys(place).length > 0 ? place : undefined;
}

function readPhotos(document: DatingDocument): Photos {
  const photos = Array.isArray(document.photos) ? document.photos.filter(isText) : [];
  const placements = isRecord(document.photoPlacements) ? document.photoPlacements : {};
  const placed = only(placements, Object.keys(placements), isText);
  return {
    ...(photos.length > 0 && { photos }),
    ...only(document, ['photoUrl', 'photo'], isText),
    ...(Object.keys(placed).length > 0 && { photoPlacements: placed }),
  };
}

/** What a stored document says. Those of the older service may hold anything: what is of another type says nothing. */
export function readDating(document: DatingDocument): Dating {
  const { preferences } = document;
  const displayName = [document.displayName, document.firstName, document.name].find(isText);
  const location = readPlace(document.location);
  const lists = RELATIONSHIP_FIELDS.flatMap((name): [string, string[]][] => {
    const value = document[name];
    const texts = (Array.isArray(value) ? value : [value]).filter(isText);
    return texts.length > 0 ? [[name, texts]] : [];
  });
  return {
    ...textsOf(document),
    ...only(document, ['age', 'childrenCount'], isNumber),
    ...Object.fromEntries(lists),
    ...readPhotos(document),
    ...(displayName !== undefined && { displayName }),
    ...(isRecord(preferences) && Object.keys(preferences).length > 0 && { preferences }),
    ...(location && { location }),
  };
}

/** The fields of a dating profile as they are stored; `person`: an id that the owner keeps for ever. */
export function writeDating(
  dating: Dating,
  person: string,
): Fields & Pick<DatingDocument, 'datingPoint' | 'hasDatingPoint'> {
  const { displayName, location, ...fields } = dating;
  const position = positionIn(location);
  return {
    ...fields,
    ...(displayName !== undefined && { displayName, firstName: displayName, name: displayName }),
    ...(location && { location: { ...location, ...(position && { coordinates: pointOf(position) }) } }),
    ...(position && { datingPoint: pointOf(publicPointOf(position, person)) }),
    hasDatingPoint: position !== undefined,
  };
}

/** Every field that lists are made of, but the avatar. */
export const SHOWN_FIELDS: readonly string[] = [
  ...DATING_FIELDS,
  'firstName',
  'name',
  'userId',
  'username',
  'usernameLower',
  'names',
  'createdAt',
  'updatedAt',
  'hasDatingProfile',
  'datingProfileCreatedAt',
  'datingPoint',
];

/** Every field that belongs to a dating profile, those of older versions included. */
export const STORED_FIELDS: readonly string[] = [
  ...DATING_FIELDS,
  'firstName',
  'name',
  'datingPoint',
  'hasDatingPoint',
  'datingProfileCreatedAt',
  ...LEGACY,
];
