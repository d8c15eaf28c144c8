import { expect } from '@jest/globals';
import type { Profile } from '#services/profiles/accounts/profile.shape.ts';
import type { Api } from '#test/http/support/api.ts';
import { unique } from '#test/http/support/rooms.ts';

export const PASSWORD = 'Correct-Horse-1';

/** Somebody who signed up. */
export interface Person {
  username: string;
  userId: string;
  token: string;
  profile: Profile;
  /** What his requests carry. */
  headers: { authorization: string };
}

/** A name that nobody has, of a length that is taken. */
export const uniqueName = (): string => unique('p').slice(-30);

export async function signUp(api: Api, username: string = uniqueName(), more: object = {}): Promise<Person> {
  const answer = await api.post('/api/auth/signup', { username, password: PASSWORD, ...more });
  expect(answer).toMatchObject({ status: 200 });
  const { token, profile } = answer.json<{ token: string; profile: Profile }>();
  const { userId } = profile;
  return { username: profile.username, userId, token, profile, headers: { authorization: `Bearer ${token}` } };
}

export const profileOf = async (api: Api, username: string): Promise<Profile> =>
  (await api.get(`/api/profiles/${encodeURIComponent(username)}`)).json<Profile>();

const people = new WeakMap<Api, Promise<Person[]>>();

/** Two people, the same for a whole test file: each costs a password's hash. */
export function twoPeople(api: Api): Promise<Person[]> {
  let two = people.get(api);
  if (!two) {
    two = Promise.all([signUp(api), signUp(api)]);
    people.set(api, two);
  }
  return two;
}
