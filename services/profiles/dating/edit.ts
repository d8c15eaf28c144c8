import { isAreaOf, positionIn } from '#services/profiles/dating/area.ts';
import type { Dating } from '#services/profiles/dating/dating.ts';
import { ageOf, childrenCountOf } from '#services/profiles/dating/fields/numbers.ts';
import { phraseOf } from '#services/profiles/dating/fields/phrases.ts';
import { mergePhotos, photosEditOf, type PhotosEdit } from '#services/profiles/dating/fields/photos.ts';
import { type Place, placeOf } from '#services/profiles/dating/fields/place.ts';
import { preferencesOf } from '#services/profiles/dating/fields/preferences.ts';
import { RELATIONSHIP_FIELDS, relationshipsOf } from '#services/profiles/dating/fields/relationships.ts';
import { FREE_TEXTS, type FreeText, PHRASES } from '#services/profiles/dating/fields/text-fields.ts';
import { textOf } from '#services/profiles/dating/fields/text.ts';

type Simple = Omit<Dating, keyof PhotosEdit | 'location'>;

/** What an edit changes: null clears a field, an absent one stays. */
export interface Edit {
  fields: { [N in keyof Simple]?: Simple[N] | null };
  photos: PhotosEdit;
  /** Absent when nothing was said of it. */
  location?: Place | null;
}

type Sent = Readonly<Record<string, unknown>>;
type Rule = (value: unknown) => unknown;

const NAMES = ['displayName', 'firstName', 'name'] as const;
const MAX_NAME = 80;

/** By field, what becomes of what was sent: undefined leaves the field as it is. */
const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.entries(FREE_TEXTS).map(([name, max]): [string, Rule] => [name, (v) => textOf(v, max)])),
  ...Object.fromEntries(PHRASES.map((name) => [name, phraseOf[name]])),
  ...Object.fromEntries(RELATIONSHIP_FIELDS.map((name) => [name, relationshipsOf])),
  age: ageOf,
  childrenCount: childrenCountOf,
  preferences: preferencesOf,
  // Written as a number by some.
  height: (value) => textOf(typeof value === 'number' ? String(value) : value, FREE_TEXTS['height' satisfies FreeText]),
};

/** The first of the three names that is not blank stands for all; null when all that were sent are blank. */
function displayNameOf(sent: Sent): string | null | undefined {
  const names = NAMES.filter((name) => sent[name] !== undefined).map((name) => textOf(sent[name], MAX_NAME));
  return names.length === 0 ? undefined : (names.find((name) => name !== null) ?? null);
}

/** Everything of a body that is an edit, normalised; the rest is dropped. Throws Fault 400 or 422 for bad values. */
export function editOf(sent: Sent): Edit {
  const fields: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(RULES)) {
    const value = Object.hasOwn(sent, name) && sent[name] !== undefined ? rule(sent[name]) : undefined;
    if (value !== undefined) fields[name] = value;
  }
  const displayName = displayNameOf(sent);
  if (displayName !== undefined) fields.displayName = displayName;
  return {
    fields,
    photos: photosEditOf(sent),
    ...(sent.location !== undefined && { location: placeOf(sent.location) }),
  };
}

/** The new place; the old position stays when the new one has none, or only the area that others are shown. */
function mergePlace(old: Place | undefined, edit: Place): Place {
  const before = positionIn(old);
  const sent = positionIn(edit);
  const keeps = before !== undefined && (sent === undefined || isAreaOf(sent, before));
  if (!keeps) return edit;
  const { accuracy = old?.accuracy } = edit;
  return { ...edit, ...before, ...(accuracy !== undefined && { accuracy }) };
}

const present = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as T;

/** The profile after an edit. Pure: the caller compares and stores. */
export function merge(old: Dating, edit: Edit): Dating {
  const { photos: _1, photoUrl: _2, photo: _3, photoPlacements: _4, location: oldPlace, ...simple } = old;
  const location = edit.location === undefined ? oldPlace : edit.location && mergePlace(oldPlace, edit.location);
  const known = location && Object.keys(location).length > 0 ? { location } : {};
  return present({ ...simple, ...edit.fields, ...mergePhotos(old, edit.photos), ...known }) as Dating;
}
