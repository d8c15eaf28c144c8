import { Type } from '#shared/schema.ts';
import { EDIT_FIELDS } from '#services/profiles/dating/dating.contract.ts';
import { DatingShape } from '#services/profiles/dating/dating.shape.ts';
import { callAction } from '#services/api-gateway/handlers/call-action.ts';
import { datingBatch, datingList } from '#services/api-gateway/handlers/dating.ts';
import { datingProfile, profile } from '#services/api-gateway/routes/examples.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const tag = 'Dating';
const { username } = datingProfile;
const like = { from: 'bob', to: 'alice' };
const at = 1_795_992_700_000;
const likeActor = { from: 'username' } as const;

/** One account of where people are for every answer that tells of it. */
const PLACES =
  'Everybody but the owner is shown the area of a place, a tenth of a degree or some 11 km, and not how exactly it was ' +
  'measured. Distances are counted from and to a point somewhere in the area that stays the same wherever in it ' +
  'somebody is, so that no number of questions leads closer than the area.';

export const datingRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/dating/profiles',
    access: 'public',
    tag,
    action: 'profiles.datingList',
    query: ['viewer', 'viewerLat', 'viewerLon', 'maxDistanceKm', 'limit'],
    handle: datingList,
    summary: 'List visible dating profiles',
    description:
      'From the viewer outwards, then those whose place is not known; the newest first when it is not known where the ' +
      'viewer is. A token’s user is the viewer, whoever else is named. A viewer whose own profile is visible is told ' +
      `how well each other one matches. An answer has up to 8 MiB; what is further down is left out. ${PLACES}`,
    result: Type.Array(DatingShape),
    errors: ['validation_failed'],
    example: { query: { viewer: username, limit: 100 }, response: [datingProfile] },
  },
  {
    method: 'GET',
    path: '/api/dating/profiles/batch',
    access: 'public',
    tag,
    action: 'profiles.datingBatch',
    query: ['users', 'ids', 'viewer'],
    handle: datingBatch,
    summary: 'People by their ids and names',
    description:
      'By ids, then by names, each once and in the order asked; unknown ones are passed over, and those without a ' +
      `dating profile are there, too. Up to 200 of each. ${PLACES}`,
    errors: ['validation_failed'],
    example: { query: { users: username, ids: profile.userId }, response: [datingProfile] },
  },
  {
    method: 'PUT',
    path: '/api/dating/profile',
    access: 'user',
    actor: { username: 'username' },
    tag,
    action: 'profiles.saveDating',
    body: ['username', ...Object.keys(EDIT_FIELDS)],
    handle: callAction,
    summary: 'Change a dating profile',
    description:
      'Changes the fields that are sent and leaves the others, those that others change at the same time among them; ' +
      'null and "" clear a field. A profile is visible as long as there is something to see. Names are compared ' +
      'without case. For a name that nobody signed up under (which only open mode takes) a profile without a userId is ' +
      'made; it does not keep the name: whoever signs up under it takes the profile over. A position that is sent as ' +
      'others are shown it, rounded to a tenth of a degree, leaves the exact one as it is.',
    errors: ['username_required', 'dating_field_invalid', 'validation_failed'],
    example: { body: { username, age: 31, mood: 'curious' }, response: datingProfile },
  },
  {
    method: 'DELETE',
    path: '/api/dating/profile/:username',
    access: 'owner',
    actor: { username: 'username' },
    tag,
    action: 'profiles.removeDating',
    handle: callAction,
    summary: 'Delete a dating profile',
    description: 'With all likes from and to it. The account stays.',
    errors: ['username_required', 'dating_profile_not_found', 'validation_failed'],
    example: { path: { username }, response: { success: true } },
  },
  {
    method: 'DELETE',
    path: '/api/dating/profile/:username/photo',
    access: 'owner',
    actor: { username: 'username' },
    tag,
    action: 'profiles.removeDatingPhoto',
    query: ['url'],
    handle: callAction,
    summary: 'Remove a photo from a dating profile',
    description:
      'When it was the primary photo, the first of the others becomes it. Removing one that is not there succeeds.',
    errors: ['username_required', 'photo_url_required', 'dating_profile_not_found', 'validation_failed'],
    example: { path: { username }, query: { url: 'https://media.example.com/1.webp' }, response: datingProfile },
  },
  {
    method: 'POST',
    path: '/api/dating/likes',
    access: 'user',
    actor: likeActor,
    tag,
    action: 'profiles.like',
    body: ['from', 'to', 'at'],
    handle: callAction,
    summary: 'Like somebody',
    description: 'Each pair has one like; a repeat moves its time.',
    errors: ['like_invalid', 'validation_failed'],
    example: { body: like, response: { ...like, at } },
  },
  {
    method: 'DELETE',
    path: '/api/dating/likes',
    access: 'user',
    actor: likeActor,
    tag,
    action: 'profiles.unlike',
    body: ['from', 'to'],
    handle: callAction,
    summary: 'Take a like back',
    errors: ['like_invalid', 'validation_failed'],
    example: { body: like, response: { removed: true } },
  },
  {
    method: 'GET',
    path: '/api/dating/likes/incoming',
    access: 'owner',
    actor: { user: 'username' },
    tag,
    action: 'profiles.likesIncoming',
    query: ['user'],
    handle: callAction,
    summary: 'Who likes somebody',
    description: 'The newest first, 5,000 at most.',
    errors: ['validation_failed'],
    example: { query: { user: username }, response: [{ from: like.from, at }] },
  },
  {
    method: 'GET',
    path: '/api/dating/likes/outgoing',
    access: 'owner',
    actor: { user: 'username' },
    tag,
    action: 'profiles.likesOutgoing',
    query: ['user'],
    handle: callAction,
    summary: 'Whom somebody likes',
    description: 'The newest first, 5,000 at most.',
    errors: ['validation_failed'],
    example: { query: { user: like.from }, response: [{ to: like.to, at }] },
  },
];
