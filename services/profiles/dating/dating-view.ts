import { areaOf, pointOf, positionIn } from '#services/profiles/dating/area.ts';
import { type Dating, isVisible } from '#services/profiles/dating/dating.ts';
import type { DatingView } from '#services/profiles/dating/dating.shape.ts';
import type { Place } from '#services/profiles/dating/fields/place.ts';
import type { DatingDocument } from '#services/profiles/dating/stored.ts';

const epochMs = (value: unknown): number => (Number.isSafeInteger(value) ? (value as number) : 0);

/** Of data URLs only the account tells. */
const avatarOf = (avatarUrl: unknown): string | null =>
  typeof avatarUrl === 'string' && /^https?:/i.test(avatarUrl) ? avatarUrl : null;

/** Everybody but the owner is told the area, and not how exactly it was measured. */
function placeView(place: Place, exact: boolean): DatingView['location'] {
  const { lat: _lat, lon: _lon, accuracy, ...names } = place;
  const position = positionIn(place);
  const shown = position && (exact ? position : areaOf(position));
  return {
    ...names,
    ...(shown && { ...shown, coordinates: pointOf(shown) }),
    ...(exact && accuracy !== undefined && { accuracy }),
  };
}

/** What is answered of a dating profile: these fields and no others. `exact`: for its owner. */
export function datingView(document: DatingDocument, dating: Dating, exact: boolean): DatingView {
  const { location, photos = [], displayName = document.username, ...fields } = dating;
  const { datingProfileCreatedAt } = document;
  return {
    userId: document.userId ?? null,
    username: document.username,
    avatarUrl: avatarOf(document.avatarUrl),
    hasDatingProfile: document.hasDatingProfile === true || isVisible(dating),
    createdAt: epochMs(document.createdAt),
    updatedAt: epochMs(document.updatedAt),
    ...(Number.isSafeInteger(datingProfileCreatedAt) && { datingProfileCreatedAt: datingProfileCreatedAt as number }),
    displayName,
    firstName: displayName,
    name: displayName,
    photos,
    ...fields,
    ...(location && { location: placeView(location, exact) }),
  };
}
