import type { Contract } from '#shared/contract.ts';
import { LIMITS } from '#shared/limits.ts';
import { FreeJson, Maybe, QueryInteger, QueryNumber, Text, Type } from '#shared/schema.ts';
import { MAX_BATCH } from '#services/profiles/dating/batch.ts';
import { DatingShape } from '#services/profiles/dating/dating.shape.ts';
import { RELATIONSHIP_FIELDS } from '#services/profiles/dating/fields/relationships.ts';
import { FREE_TEXTS, PHRASES } from '#services/profiles/dating/fields/text-fields.ts';

const Encoding = Type.Unsafe<'br' | 'gzip' | 'identity'>(Type.String({ enum: ['br', 'gzip', 'identity'] }));
const Name = Text(LIMITS.id, { minLength: 1, description: 'Username, in any case' });
const Viewer = Type.Optional(Text(LIMITS.id, { description: 'Username of who looks, in any case' }));
const Known = Type.Optional(Type.Boolean({ description: 'Whether it is known that the viewer looks' }));

const texts = Object.fromEntries(
  Object.entries(FREE_TEXTS).map(([name, max]) => [
    name,
    Maybe(Type.String({ description: `Up to ${max} characters; more are cut, blank clears it` })),
  ]),
);
const phrases = Object.fromEntries(
  PHRASES.map((name) => [name, Maybe(Type.String({ description: 'Blank clears it' }))]),
);
const lists = Object.fromEntries(
  RELATIONSHIP_FIELDS.map((name) => [
    name,
    Maybe(FreeJson({ description: 'List of texts, or a text with commas; empty clears it' })),
  ]),
);
const DisplayName = Maybe(Type.String({ description: 'Up to 80 characters; the three names are one' }));
const Photo = Maybe(Type.String({ description: 'http(s) address of the primary photo; null clears it' }));

/** What an edit may have. Sizes and forms are brought right by the rules of each field rather than refused. */
export const EDIT_FIELDS = {
  ...texts,
  ...phrases,
  ...lists,
  height: Maybe(FreeJson({ description: 'Text or number; up to 40 characters' })),
  displayName: DisplayName,
  firstName: DisplayName,
  name: DisplayName,
  age: Maybe(FreeJson({ description: '18 to 120, or its text; null clears it' })),
  childrenCount: Maybe(FreeJson({ description: '0 to 20, else it is cleared' })),
  preferences: Maybe(FreeJson({ description: 'Object up to 4 KiB; age: {min, max} from 18 to 120; {} clears it' })),
  location: Maybe(
    FreeJson({ description: 'Object with city, state, country, formatted, lat, lon, …; null clears it' }),
  ),
  photos: Maybe(FreeJson({ description: 'Up to 8 http(s) addresses; [] clears all photos' })),
  photoUrl: Photo,
  photo: Photo,
  photoPlacements: Maybe(FreeJson({ description: 'Section by address of a photo, up to 16; {} clears them' })),
};

export const datingContract = {
  datingList: {
    params: Type.Object({
      viewer: Viewer,
      known: Known,
      viewerLat: Type.Optional(QueryNumber({ minimum: -90, maximum: 90, description: 'Degrees; with viewerLon' })),
      viewerLon: Type.Optional(QueryNumber({ minimum: -180, maximum: 180, description: 'Degrees; with viewerLat' })),
      maxDistanceKm: Type.Optional(
        QueryNumber({ minimum: 0.1, maximum: 25_000, description: 'Leaves out who is further away, or nowhere' }),
      ),
      limit: Type.Optional(QueryInteger({ minimum: 1, maximum: 2_000, description: 'Default 2000' })),
      encoding: Encoding,
      ifNoneMatch: Type.Optional(Type.String()),
    }),
    /** `body` is null when `etag` is one of those that the caller has. */
    result: Type.Object({
      etag: Type.String(),
      encoding: Encoding,
      body: Type.Unsafe<Buffer | null>({}),
    }),
  },
  datingBatch: {
    params: Type.Object({
      ids: Type.Optional(Type.String({ description: `User ids with commas, up to ${MAX_BATCH}` })),
      users: Type.Optional(Type.String({ description: `Usernames with commas, up to ${MAX_BATCH}` })),
      viewer: Viewer,
      known: Known,
    }),
    result: Type.Array(DatingShape),
  },
  saveDating: {
    params: Type.Object({ username: Maybe(Text(100, { description: 'Whose profile, in any case' })), ...EDIT_FIELDS }),
    result: DatingShape,
  },
  removeDating: { params: Type.Object({ username: Name }), result: Type.Object({ success: Type.Boolean() }) },
  removeDatingPhoto: {
    params: Type.Object({ username: Name, url: Text(2_000, { description: 'Address of the photo' }) }),
    result: DatingShape,
  },
} satisfies Contract;
