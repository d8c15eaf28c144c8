import type { Photos } from '#services/profiles/dating/fields/photos.ts';
import type { Place } from '#services/profiles/dating/fields/place.ts';
import type { Preferences } from '#services/profiles/dating/fields/preferences.ts';
import { RELATIONSHIP_FIELDS, type RelationshipField } from '#services/profiles/dating/fields/relationships.ts';
import { type FreeText, type Phrase, TEXTS } from '#services/profiles/dating/fields/text-fields.ts';

/** What a dating profile says; a field that says nothing is absent. */
export type Dating = Partial<Record<FreeText | Phrase, string>> &
  Partial<Record<RelationshipField, string[]>> &
  Photos & {
    displayName?: string;
    age?: number;
    childrenCount?: number;
    preferences?: Preferences;
    location?: Place;
  };

/** Every field of a dating profile. */
export const DATING_FIELDS = [
  ...TEXTS,
  ...RELATIONSHIP_FIELDS,
  'photos',
  'photoUrl',
  'photo',
  'photoPlacements',
  'displayName',
  'age',
  'childrenCount',
  'preferences',
  'location',
] as const satisfies readonly (keyof Dating)[];

/**
 * Whether others see the profile: it has a photo, an age, any text, preferences, or a place with a name. Kinds of
 * relationship, a number of children, a display name and bare coordinates are not enough.
 */
export function isVisible(dating: Dating): boolean {
  const { photos, photoUrl, photo, age, preferences, location = {} } = dating;
  const named = location.city ?? location.state ?? location.country ?? location.formatted;
  return (
    [photos, photoUrl, photo, age, preferences, named].some((one) => one !== undefined) ||
    TEXTS.some((name) => dating[name] !== undefined)
  );
}
