import { define, type EventOf } from '#shared/events/envelope.ts';
import { Nullable, type Static, Type } from '#shared/schema.ts';

/**
 * Profiles. Topic `profiles`, keyed by userId. An allow-list of what everybody may see: no password, no e-mail, no
 * coordinates, no friends.
 */

const TextOrNull = Nullable(Type.String());

export const ProfileState = Type.Object({
  userId: Type.String(),
  username: Type.String(),
  avatarUrl: TextOrNull,
  hasDatingProfile: Type.Boolean(),
  displayName: TextOrNull,
  age: Nullable(Type.Number()),
  gender: TextOrNull,
  mood: TextOrNull,
  photos: Type.Array(Type.String(), { description: 'URLs' }),
  location: Nullable(Type.Object({ city: TextOrNull, state: TextOrNull, country: TextOrNull })),
  createdAt: Nullable(Type.Integer({ description: 'Epoch ms' })),
  updatedAt: Nullable(Type.Integer({ description: 'Epoch ms' })),
});
export type ProfileState = Static<typeof ProfileState>;

const Profile = {
  userId: Type.String({ minLength: 1 }),
  rev: Type.Integer({ minimum: 0, description: 'Grows with every change of the profile' }),
};
const State = {
  profile: Type.Optional(Type.Object(ProfileState.properties, { description: 'Absent when `reference`' })),
  reference: Type.Optional(
    Type.Literal(true, { description: 'The state was too large for Kafka and was left out: read it' }),
  ),
};

const at = Date.UTC(2026, 0, 2, 3, 4, 5);
const ann = {
  userId: 'u1',
  username: 'Ann',
  avatarUrl: null,
  hasDatingProfile: false,
  displayName: null,
  age: null,
  gender: null,
  mood: null,
  photos: [],
  location: null,
  createdAt: at,
  updatedAt: at,
};

export const profileCreated = define({
  type: 'tm.profile.created',
  version: 1,
  topic: 'profiles',
  text: 'Somebody signed up.',
  data: Type.Object({ ...Profile, ...State }),
  example: { of: { id: 'profile:u1:1', subject: 'u1', at }, data: { userId: 'u1', rev: 1, profile: ann } },
});

export const profileUpdated = define({
  type: 'tm.profile.updated',
  version: 1,
  topic: 'profiles',
  text: 'A profile changed; or its newest state is told again, after the relay had lost its place.',
  data: Type.Object({ ...Profile, ...State }),
  example: { of: { id: 'profile:u1:2', subject: 'u1', at }, data: { userId: 'u1', rev: 2, profile: ann } },
});

export const PROFILE_EVENTS = [profileCreated, profileUpdated] as const;

export type ProfileEvent = EventOf<(typeof PROFILE_EVENTS)[number]>;
