import { describe, expect, it } from '@jest/globals';
import type { GroupView } from '#services/groups/groups.contract.ts';
import { useApi } from '#test/http/support/api.ts';
import { PASSWORD, profileOf, signUp, twoPeople, uniqueName } from '#test/http/support/people.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { unique } from '#test/http/support/rooms.ts';

const api = useApi();

const PROFILE_FIELDS = ['userId', 'username', 'avatarUrl', 'friends', 'createdAt', 'updatedAt'];

const tryToSignUp = (username: unknown, more: object = {}) =>
  api.post('/api/auth/signup', { username, password: PASSWORD, ...more });
const tryToLogIn = (username: unknown, password: unknown = PASSWORD) =>
  api.post('/api/auth/login', { username, password });

describe('signing up', () => {
  it('answers a token and the profile, these fields and no others', async () => {
    const before = Date.now();
    const name = uniqueName();
    const avatarUrl = 'https://media.example.com/a.webp';
    const { token, profile, userId } = await signUp(api, `  ${name}`.slice(0, 32), { avatarUrl });
    expect(Object.keys(profile)).toEqual(PROFILE_FIELDS);
    expect(profile).toMatchObject({ avatarUrl, friends: [] });
    expect(profile.username).toBe(profile.username.trim());
    expect(userId).toMatch(/^u_\d{13}_[0-9a-f]{8}$/);
    expect(profile.createdAt).toBeGreaterThanOrEqual(before);
    expect(profile.updatedAt).toBe(profile.createdAt);
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, number>;
    expect(claims).toMatchObject({ sub: userId, username: profile.username, exp: claims.iat! + 86_400 });
  });

  it('gives a name to one of many who want it at once, in whatever case', async () => {
    const name = uniqueName();
    const wishes = Array.from({ length: 12 }, (_, index) => (index % 2 ? name.toUpperCase() : name));
    const answers = await Promise.all(wishes.map((wish) => tryToSignUp(wish)));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(11);
    for (const answer of refused)
      expect(expectProblem(answer, 409, 'username_taken').detail).toBe('username already taken');
  });

  it.each([
    ['blank', '   ', 400, 'username_required'],
    ['short', 'ab', 422, 'validation_failed'],
    ['long', 'x'.repeat(33), 422, 'validation_failed'],
    ['with what parts a DM id', 'ann|bob', 422, 'validation_failed'],
    ['with what parts a path', 'ann/bob', 422, 'validation_failed'],
    ['with a control character', 'ann\nbob', 422, 'validation_failed'],
    ['of the system', ' System ', 422, 'validation_failed'],
    ['no text', { $ne: '' }, 422, 'validation_failed'],
    ['missing', undefined, 422, 'validation_failed'],
  ])('needs a name that is not %s', async (_what, username, status, code) => {
    expectProblem(await tryToSignUp(username), status, code);
  });

  it.each([
    ['of two kinds only', 'abcdefgh1', 400, 'password_weak'],
    ['of blanks', ' '.repeat(8), 400, 'password_weak'],
    ['short', 'aB1$xyz', 422, 'validation_failed'],
    ['long', `aB1$${'x'.repeat(125)}`, 422, 'validation_failed'],
    ['missing', undefined, 422, 'validation_failed'],
  ])('needs a password that is not %s', async (_what, password, status, code) => {
    expectProblem(await tryToSignUp(uniqueName(), { password }), status, code);
  });

  it('refuses in the words that the clients show', async () => {
    const detailOf = async (answer: ReturnType<typeof tryToSignUp>) => (await answer).json<{ detail: string }>().detail;
    expect(await detailOf(tryToSignUp('   '))).toBe('username required');
    const weak = tryToSignUp(uniqueName(), { password: 'abcdefgh1' });
    expect(await detailOf(weak)).toBe('password too weak (need mix of cases, digits or symbols)');
  });
});

describe('logging in', () => {
  it('takes the name in any case, and refuses as the clients know it', async () => {
    const [ann] = await twoPeople(api);
    const answer = await tryToLogIn(ann!.username.toUpperCase());
    expect(answer.status).toBe(200);
    const { token, profile } = answer.json<{ token: string; profile: object }>();
    expect(profile).toEqual(ann!.profile);
    const me = await api.get('/api/profiles/me', { headers: { authorization: `Bearer ${token}` } });
    expect(me.json()).toEqual(ann!.profile);

    const detail = async (username: string, password: string, status: number, code: string) =>
      expectProblem(await tryToLogIn(username, password), status, code).detail;
    expect(await detail(ann!.username, `${PASSWORD} `, 401, 'credentials_invalid')).toBe('invalid credentials');
    expect(await detail(uniqueName(), PASSWORD, 404, 'user_not_found')).toBe('user not found');
    expect(await detail(ann!.username, '  ', 400, 'credentials_required')).toBe('username and password required');
    expect(await detail(' ', PASSWORD, 400, 'credentials_required')).toBe('username and password required');
    for (const body of [{}, { username: ann!.username }, { username: ann!.username, password: { $ne: '' } }])
      expectProblem(await api.post('/api/auth/login', body), 422, 'validation_failed');
  });
});

describe("one's own profile", () => {
  it('is of who has a good token', async () => {
    const [ann] = await twoPeople(api);
    const asked = (authorization?: string) =>
      api.get('/api/profiles/me', { headers: authorization === undefined ? {} : { authorization } });
    expect(expectProblem(await asked(), 401, 'token_required').detail).toBe('missing bearer token');
    const problem = expectProblem(await asked(`Bearer ${ann!.token.slice(0, -2)}xx`), 401, 'token_invalid');
    expect(problem.detail).toBe('invalid token');
    expect((await asked()).headers['www-authenticate']).toBe('Bearer realm="truematch"');
  });

  it('changes by the fields that are sent: friends word for word, an empty avatar is none, null is nothing', async () => {
    const { headers, username } = await signUp(api, uniqueName(), { avatarUrl: 'https://media.example.com/a.webp' });
    const change = (body: object) => api.patch('/api/profiles/me', body, { headers });
    const account = JSON.stringify({ marker: 'linked-social-account', platform: 'x', url: 'https://x.example/é"' });
    const friends = [account, ' bob ', 'bob', '', ...Array.from({ length: 120 }, (_, index) => `f${index}`)];
    const kept = [account, 'bob', ...Array.from({ length: 98 }, (_, index) => `f${index}`)];

    expect((await change({ friends })).json()).toMatchObject({ friends: kept });
    const unchanged = await change({
      username: null,
      avatarUrl: null,
      friends: null,
      passwordHash: 'x',
      userId: 'u_9',
    });
    expect(unchanged.json()).toMatchObject({ username, avatarUrl: 'https://media.example.com/a.webp', friends: kept });
    expect((await change({ avatarUrl: '' })).json()).toMatchObject({ avatarUrl: null, friends: kept });
    expect((await change({ friends: [] })).json()).toMatchObject({ avatarUrl: null, friends: [] });
    expect(await profileOf(api, username)).toMatchObject({ avatarUrl: null, friends: [] });
  });

  it('loses none of many changes made at once', async () => {
    const { headers, username } = await signUp(api);
    const changes = Array.from({ length: 100 }, (_, index) =>
      index % 2 ? { avatarUrl: `https://media.example.com/${index}` } : { friends: [`friend ${index}`] },
    );
    const answers = await Promise.all(changes.map((body) => api.patch('/api/profiles/me', body, { headers })));
    expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200));
    const { avatarUrl, friends } = await profileOf(api, username);
    expect(avatarUrl).toMatch(/^https:\/\/media\.example\.com\/\d*[13579]$/);
    expect(friends).toEqual([expect.stringMatching(/^friend \d*[02468]$/)]);
  });

  it('is found by id and by name in any case', async () => {
    const [ann] = await twoPeople(api);
    expect(await profileOf(api, ann!.username.toUpperCase())).toEqual(ann!.profile);
    expect((await api.get(`/api/profiles/id/${ann!.userId}`)).json()).toEqual(ann!.profile);
    for (const path of [`/api/profiles/${uniqueName()}`, '/api/profiles/id/u_0', '/api/profiles/id/%7B%22%24gt%22%7D'])
      expect(expectProblem(await api.get(path), 404, 'profile_not_found').detail).toBe('not found');
  });
});

describe('a member of a group', () => {
  it('is shown with his avatar and userId, and a change of them at once', async () => {
    const id = unique('faces');
    await api.post('/api/groups', { id, name: id });
    const { username, userId, headers } = await signUp(api);
    for (const name of [username.toUpperCase(), 'Nobody'])
      await api.post(`/api/groups/${id}/members`, { username: name });
    const shown = async () => {
      const { memberPreview } = (await api.get(`/api/groups/${id}?includeMembers=1`)).json<GroupView>();
      return Object.fromEntries(memberPreview!.map((one) => [one.username, [one.avatar, one.userId]]));
    };
    expect(await shown()).toEqual({ [username.toUpperCase()]: [null, userId], Nobody: [null, null] });
    for (const avatarUrl of ['https://media.example.com/1', 'https://media.example.com/2']) {
      await api.patch('/api/profiles/me', { avatarUrl }, { headers });
      expect(await shown()).toMatchObject({ [username.toUpperCase()]: [avatarUrl, userId] });
    }
  });
});

describe('another name', () => {
  it('leaves the old one to nobody else, and the token good', async () => {
    const [, bob] = await twoPeople(api);
    const { headers, username: old, userId } = await signUp(api);
    const rename = (username: string, who = headers) => api.patch('/api/profiles/me', { username }, { headers: who });
    const now = uniqueName();
    expect((await rename(` ${now}`)).json()).toMatchObject({ username: now, userId });
    expect(await profileOf(api, now)).toMatchObject({ userId });
    expectProblem(await api.get(`/api/profiles/${old}`), 404, 'profile_not_found');
    expectProblem(await tryToSignUp(old.toUpperCase()), 409, 'username_taken');
    expectProblem(await rename(old, bob!.headers), 409, 'username_taken');
    expectProblem(await rename(now.toUpperCase(), bob!.headers), 409, 'username_taken');
    expect((await rename(old.toUpperCase())).json()).toMatchObject({ username: old.toUpperCase(), userId });
    expectProblem(await tryToSignUp(now), 409, 'username_taken');
    expectProblem(await rename('  '.repeat(2)), 400, 'username_required');
    expectProblem(await rename('ann|bob'), 422, 'validation_failed', 'username');
  });
});
