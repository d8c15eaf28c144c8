import { callAction } from '#services/api-gateway/handlers/call-action.ts';
import { callAsUser, callFromAddress } from '#services/api-gateway/handlers/accounts.ts';
import { withAvatar } from '#services/api-gateway/handlers/with-avatar.ts';
import { profile } from '#services/api-gateway/routes/examples.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const tag = 'Accounts';
const token = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1XzEifQ.c2lnbmF0dXJl';
const credentials = { username: 'alice', password: 'Correct-Horse-1' };

export const accountRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/auth/signup',
    access: 'public',
    tag,
    action: 'profiles.signUp',
    body: ['username', 'password', 'avatarUrl'],
    handle: withAvatar('avatarUrl', callFromAddress),
    summary: 'Make an account',
    description:
      'Names are compared without case. One that somebody has or ever had is taken: ids of direct messages are made of ' +
      'names.',
    errors: ['username_required', 'password_weak', 'username_taken', 'validation_failed', 'rate_limited'],
    example: { body: credentials, response: { token, profile } },
  },
  {
    method: 'POST',
    path: '/api/auth/login',
    access: 'public',
    tag,
    action: 'profiles.logIn',
    body: ['username', 'password'],
    handle: callFromAddress,
    summary: 'Log in',
    description: 'Passwords of the older service go on.',
    errors: ['credentials_required', 'credentials_invalid', 'user_not_found', 'validation_failed', 'rate_limited'],
    example: { body: credentials, response: { token, profile } },
  },
  {
    method: 'GET',
    path: '/api/profiles/me',
    access: 'user',
    tag,
    action: 'profiles.me',
    handle: callAsUser,
    summary: 'The profile of the token’s user',
    errors: ['token_required', 'token_invalid'],
    example: { response: profile },
  },
  {
    method: 'PATCH',
    path: '/api/profiles/me',
    access: 'user',
    tag,
    action: 'profiles.updateMe',
    body: ['username', 'avatarUrl', 'friends'],
    handle: withAvatar('avatarUrl', callAsUser),
    summary: 'Change one’s own profile',
    description:
      'Changes the fields that are sent and leaves the others. An empty avatarUrl takes the avatar away. A user may ' +
      'take back a name that he had.',
    errors: [
      'username_required',
      'token_required',
      'token_invalid',
      'username_taken',
      'names_full',
      'validation_failed',
    ],
    example: { body: { avatarUrl: profile.avatarUrl }, response: profile },
  },
  {
    method: 'GET',
    path: '/api/profiles/id/:userId',
    access: 'public',
    tag,
    action: 'profiles.byUserId',
    handle: callAction,
    summary: 'A profile by its userId',
    errors: ['profile_not_found', 'validation_failed'],
    example: { path: { userId: profile.userId }, response: profile },
  },
  {
    method: 'GET',
    path: '/api/profiles/:username',
    access: 'public',
    tag,
    action: 'profiles.byUsername',
    handle: callAction,
    summary: 'A profile by its name',
    errors: ['profile_not_found', 'validation_failed'],
    example: { path: { username: profile.username }, response: profile },
  },
];
