import { Nullable, Type, type Static, type TSchema } from '#shared/schema.ts';
import { RELATIONSHIP_FIELDS } from '#services/profiles/dating/fields/relationships.ts';
import { TEXTS } from '#services/profiles/dating/fields/text-fields.ts';
import { BreakdownShape } from '#services/profiles/dating/match/score.ts';

const { Optional } = Type;

/** The same schema for many names. */
const each = <N extends string, S extends TSchema>(names: readonly N[], schema: S) =>
  Object.fromEntries(names.map((name) => [name, schema])) as Record<N, S>;

const Location = Type.Object({
  city: Optional(Type.String()),
  state: Optional(Type.String()),
  stateCode: Optional(Type.String()),
  country: Optional(Type.String()),
  countryCode: Optional(Type.String()),
  formatted: Optional(Type.String()),
  lat: Optional(Type.Number({ description: 'Degrees; to a tenth for all but the owner' })),
  lon: Optional(Type.Number({ description: 'Degrees; to a tenth for all but the owner' })),
  coordinates: Optional(
    Type.Object(
      { type: Type.String({ enum: ['Point'] }), coordinates: Type.Array(Type.Number()) },
      { description: 'GeoJSON: longitude, latitude' },
    ),
  ),
  accuracy: Optional(Type.Number({ description: 'Metres; for the owner alone' })),
});

/** Everything that anybody may see of a dating profile; what is not set is absent. */
export const DatingShape = Type.Object(
  {
    userId: Nullable(Type.String({ description: 'Null for a name that nobody signed up under' })),
    username: Type.String(),
    avatarUrl: Nullable(Type.String({ description: 'Null also for data URLs: the account has them' })),
    hasDatingProfile: Type.Boolean({ description: 'Whether others see it' }),
    createdAt: Type.Integer({ description: 'Epoch ms' }),
    updatedAt: Type.Integer({ description: 'Epoch ms' }),
    datingProfileCreatedAt: Optional(Type.Integer({ description: 'Epoch ms' })),
    displayName: Type.String(),
    firstName: Type.String({ description: 'The same' }),
    name: Type.String({ description: 'The same' }),
    age: Optional(Type.Number({ description: 'Years' })),
    photoUrl: Optional(Type.String({ description: 'The primary photo' })),
    photo: Optional(Type.String({ description: 'The same' })),
    photos: Type.Array(Type.String(), { description: 'All but the primary one' }),
    photoPlacements: Optional(Type.Unsafe<Record<string, string>>({ type: 'object' })),
    preferences: Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
    location: Optional(Location),
    childrenCount: Optional(Type.Number()),
    ...each(RELATIONSHIP_FIELDS, Optional(Type.Array(Type.String()))),
    ...each(TEXTS, Optional(Type.String())),
    matchPercentage: Optional(Type.Integer({ minimum: 10, maximum: 100 })),
    matchBreakdown: Optional(BreakdownShape),
    distanceMeters: Optional(
      Type.Number({ description: 'From the viewer to a point somewhere in the area that location tells' }),
    ),
  },
  { $id: 'DatingProfile' },
);
export type DatingView = Static<typeof DatingShape>;
