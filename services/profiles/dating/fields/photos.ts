/** Photos, placements, and characters of an address and of a section's name. */
const MAX_PHOTOS = 8;
const MAX_PLACEMENTS = 16;
const MAX_URL = 512;
const MAX_SECTION = 64;

export interface Photos {
  /** All but the primary one. */
  photos?: string[];
  /** The primary one, under both names that clients read. */
  photoUrl?: string;
  photo?: string;
  /** In which section of the profile a photo stands, by its address. */
  photoPlacements?: Record<string, string>;
}

/** What was sent of photos; null clears, undefined leaves. */
export interface PhotosEdit {
  photos?: string[] | null;
  photoUrl?: string | null;
  photo?: string | null;
  photoPlacements?: Record<string, string> | null;
}

/** An http(s) address, cut to 512 characters; null for anything else, data URLs among it. */
const urlOf = (value: unknown): string | null => {
  if (typeof value !== 'string' || !/^https?:\/\/./i.test(value.trim())) return null;
  const cut = value.trim().slice(0, MAX_URL);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
};

function placementsOf(value: unknown): Record<string, string> | null | undefined {
  if (value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).flatMap(([key, section]): [string, string][] => {
    const url = urlOf(key);
    const name = typeof section === 'string' ? section.trim().slice(0, MAX_SECTION).toWellFormed() : '';
    return url === null || name === '' ? [] : [[url, name]];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}

/** What an edit says of photos: only the fields that it has. */
export function photosEditOf(sent: Readonly<Record<string, unknown>>): PhotosEdit {
  const { photos, photoUrl, photo, photoPlacements } = sent;
  return {
    ...(photos === null && { photos: null }),
    ...(Array.isArray(photos) && {
      photos: [...new Set(photos.flatMap((one) => urlOf(one) ?? []))].slice(0, MAX_PHOTOS),
    }),
    ...(photoUrl !== undefined && { photoUrl: urlOf(photoUrl) }),
    ...(photo !== undefined && { photo: urlOf(photo) }),
    ...(photoPlacements !== undefined && { photoPlacements: placementsOf(photoPlacements) }),
  };
}

/** The first of both that the edit has, its null included. */
const firstSent = (one: string | null | undefined, other: string | null | undefined) =>
  one === undefined ? other : one;

/** Which one is the primary photo after an edit, under its two names; null for none. */
function primaryAfter(old: Photos, edit: PhotosEdit): { photoUrl: string | null; photo: string | null } {
  const sent = firstSent(edit.photoUrl, edit.photo);
  if (sent !== undefined) return { photoUrl: sent, photo: firstSent(edit.photo, edit.photoUrl) ?? null };
  if (edit.photos !== undefined) {
    const first = edit.photos?.[0] ?? null;
    return { photoUrl: first, photo: first };
  }
  return { photoUrl: old.photoUrl ?? old.photo ?? null, photo: old.photo ?? old.photoUrl ?? null };
}

function settled(
  photos: readonly string[],
  primary: ReturnType<typeof primaryAfter>,
  placements: Photos['photoPlacements'],
) {
  const others = photos.filter((url) => url !== primary.photoUrl);
  const all = new Set([primary.photoUrl, primary.photo, ...others]);
  const placed = Object.entries(placements ?? {})
    .filter(([url]) => all.has(url))
    .slice(0, MAX_PLACEMENTS);
  return {
    ...(others.length > 0 && { photos: others }),
    ...(primary.photoUrl !== null && { photoUrl: primary.photoUrl }),
    ...(primary.photo !== null && { photo: primary.photo }),
    ...(placed.length > 0 && { photoPlacements: Object.fromEntries(placed) }),
  };
}

/**
 * The photos after an edit. The primary one does not stand among the others; of photos that are sent alone the first is
 * it. A placement goes with its photo.
 */
export function mergePhotos(old: Photos, edit: PhotosEdit): Photos {
  const photos = edit.photos === undefined ? (old.photos ?? []) : (edit.photos ?? []);
  const placements = edit.photoPlacements === undefined ? old.photoPlacements : (edit.photoPlacements ?? {});
  return settled(photos, primaryAfter(old, edit), placements);
}

/** The photos without one. Where it was the primary, the first of those that stay becomes it. */
export function withoutPhoto(old: Photos, url: string): Photos {
  const photos = (old.photos ?? []).filter((one) => one !== url);
  const kept = [old.photoUrl, old.photo].find((one) => one !== undefined && one !== url);
  const next = kept ?? photos[0] ?? null;
  const primary = {
    photoUrl: old.photoUrl === url ? next : (old.photoUrl ?? null),
    photo: old.photo === url ? next : (old.photo ?? null),
  };
  return settled(photos, primary, old.photoPlacements);
}
