import { BIO, LINKS } from '#services/profiles/links/links.contract.ts';
import { MAX_FILTERS } from '#services/profiles/filters/filters.contract.ts';
import { callAction } from '#services/api-gateway/handlers/call-action.ts';
import { ids, profile } from '#services/api-gateway/routes/examples.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const about = { tag: 'Bio and links', handle: callAction } as const;
const filtering = {
  tag: 'Message filters',
  access: 'owner',
  actor: { userId: 'userId' },
  path: '/api/users/:userId/message-filters',
  handle: callAction,
} as const;

const { userId, username } = profile;
const links = [{ id: '1', type: 'web', url: 'https://example.com' }];
const filtered = { groupId: ids.room, username: 'Mallory', normalized: 'mallory' };
const at = profile.createdAt;
const filters = {
  userId,
  items: [{ ...filtered, createdAt: at, updatedAt: at }],
  groups: { [ids.room]: ['Mallory'] },
  removals: [],
};
const body = { groupId: ids.room, username: 'Mallory' };

export const userRoutes: readonly Route[] = [
  {
    ...about,
    method: 'GET',
    path: '/api/users/id/:userId/bio',
    access: 'public',
    action: 'profiles.bio',
    summary: 'The bio of a user',
    description: 'Empty when there is none.',
    errors: ['validation_failed'],
    example: { path: { userId }, response: { bio: 'Likes tea' } },
  },
  {
    ...about,
    method: 'PUT',
    path: '/api/users/id/:userId/bio',
    access: 'owner',
    actor: { userId: 'userId' },
    action: 'profiles.putBio',
    body: ['bio'],
    summary: 'Write a bio',
    description: `Up to ${BIO} characters.`,
    errors: ['validation_failed'],
    example: { path: { userId }, body: { bio: 'Likes tea' }, response: { bio: 'Likes tea' } },
  },
  {
    ...about,
    method: 'GET',
    path: '/api/users/id/:userId/social-links',
    access: 'public',
    action: 'profiles.links',
    query: ['legacy'],
    summary: 'The links of a user',
    description: 'Where the userId has none, those of the name `legacy`.',
    errors: ['validation_failed'],
    example: { path: { userId }, query: { legacy: username }, response: links },
  },
  {
    ...about,
    method: 'PUT',
    path: '/api/users/id/:userId/social-links',
    access: 'owner',
    actor: { userId: 'userId' },
    action: 'profiles.putLinks',
    listBody: 'links',
    summary: 'Replace the links of a user',
    description: `Up to ${LINKS.count} links of ${LINKS.bytes / 1024} KiB of JSON each, kept as they are sent.`,
    errors: ['validation_failed'],
    example: { path: { userId }, body: links, response: links },
  },
  {
    ...about,
    method: 'GET',
    path: '/api/users/:username/social-links',
    access: 'public',
    action: 'profiles.linksByName',
    summary: 'The links of a name',
    description: 'As older clients kept them. Looked for as it is written, then in lower case.',
    errors: ['validation_failed'],
    example: { path: { username }, response: links },
  },
  {
    ...about,
    method: 'POST',
    path: '/api/users/migrate-social-links',
    access: 'owner',
    actor: { from: 'username', to: 'either' },
    action: 'profiles.copyLinks',
    body: ['from', 'to'],
    summary: 'Copy the links of a name to a userId',
    description: 'The name keeps them. Where it has none, nothing changes.',
    errors: ['migration_invalid', 'validation_failed'],
    example: { body: { from: username, to: userId }, response: { success: true } },
  },
  {
    ...filtering,
    method: 'GET',
    action: 'profiles.filters',
    summary: 'Whose messages a user does not want to see',
    errors: ['filter_owner_required', 'validation_failed'],
    example: { path: { userId }, response: filters },
  },
  {
    ...filtering,
    method: 'POST',
    action: 'profiles.addFilter',
    body: ['groupId', 'username'],
    summary: 'Add a message filter',
    description: `Adding one again keeps the time from which messages are hidden. A user has at most ${MAX_FILTERS}.`,
    errors: ['filter_owner_required', 'filters_full', 'validation_failed'],
    example: { path: { userId }, body, response: filters },
  },
  {
    ...filtering,
    method: 'DELETE',
    action: 'profiles.removeFilter',
    body: ['groupId', 'username'],
    summary: 'Take a message filter off',
    description: 'Succeeds also when there was none. What was taken off is told for 45 days.',
    errors: ['filter_owner_required', 'validation_failed'],
    example: {
      path: { userId },
      body,
      response: { ...filters, items: [], groups: {}, removals: [{ ...filtered, filteredAt: at, removedAt: at }] },
    },
  },
];
