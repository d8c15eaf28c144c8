import { describe, expect, it } from '@jest/globals';
import type { DatingView } from '#services/profiles/dating/dating.shape.ts';
import { EDIT_FIELDS } from '#services/profiles/dating/dating.contract.ts';
import { useApi } from '#test/http/support/api.ts';
import { BAD_JSON } from '#test/http/support/bad-values.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { unique } from '#test/http/support/rooms.ts';
import { undisturbed } from '#test/http/support/undisturbed.ts';

const api = useApi();

const save = async (username: string, fields: object): Promise<DatingView> =>
  (await api.put('/api/dating/profile', { username, ...fields })).json<DatingView>();
const list = async (query: string): Promise<DatingView[]> =>
  (await api.get(`/api/dating/profiles?${query}`)).json<DatingView[]>();
const batch = async (query: string): Promise<DatingView[]> =>
  (await api.get(`/api/dating/profiles/batch?${query}`)).json<DatingView[]>();

/** Fields that take any JSON. */
const FREE = ['location', 'preferences', 'photos', 'photoPlacements', 'age', 'childrenCount', 'relationshipPreference'];

/** Somewhere in the ocean where nobody else of the suite lives. */
const AT = { lat: -48.8767, lon: -123.3933 };
const NEAR = 'viewerLat=-48.9&viewerLon=-123.4&maxDistanceKm=100';

const ask = (encoding: string, tag?: string) =>
  api.get(`/api/dating/profiles?${NEAR}`, {
    headers: { 'accept-encoding': encoding, ...(tag && { 'if-none-match': tag }) },
  });

describe('dating profiles over HTTP', () => {
  it('are made, found, changed and deleted as the clients do it', async () => {
    const name = unique('Ann');
    const made = await save(name, { gender: 'female', age: '30', location: { city: 'Nemo', ...AT }, firstName: 'Ann' });
    expect(made).toMatchObject({
      username: name,
      hasDatingProfile: true,
      gender: 'Female',
      age: 30,
      displayName: 'Ann',
    });
    const photos = ['a', 'b'].map((one) => `https://x.example/${one}.webp`);
    await save(name, {
      photos,
      photoUrl: photos[0],
      photo: photos[0],
      preferences: { age: [20, 30], religions: ['x'] },
    });
    const found = (await list(NEAR)).find(({ username }) => username === name)!;
    expect(found).toMatchObject({
      photoUrl: photos[0],
      photos: [photos[1]],
      preferences: { age: { min: 20, max: 30 }, religions: ['x'] },
      location: { city: 'Nemo', lat: -48.9, lon: -123.4 },
    });
    expect(found.distanceMeters).toBeLessThan(20_000);
    const left = await api.delete(`/api/dating/profile/${name}/photo?url=${encodeURIComponent(photos[0]!)}`);
    expect(left.json()).toMatchObject({ photoUrl: photos[1], photos: [] });
    expect((await api.delete(`/api/dating/profile/${name.toUpperCase()}`)).json()).toEqual({ success: true });
    expect((await list(NEAR)).map(({ username }) => username)).not.toContain(name);
    expect(await batch(`users=${name}`)).toMatchObject([{ username: name, hasDatingProfile: false }]);
  });

  it('tell a viewer how others match, and himself where he is', async () => {
    const [ann, bob] = [unique('ann'), unique('bob')];
    await save(ann, { mood: 'calm', location: AT });
    await save(bob, { mood: 'calm', location: AT });
    const found = await list(`viewer=${ann}&maxDistanceKm=50`);
    const [self, other] = [ann, bob].map((name) => found.find(({ username }) => username === name)!);
    expect(self!.location).toMatchObject(AT);
    expect(self).not.toHaveProperty('matchPercentage');
    expect(other!.location).toMatchObject({ lat: -48.9, lon: -123.4 });
    expect(other!.matchBreakdown).toMatchObject({ total: 40, components: { personality: { overlap: ['calm'] } } });
    expect((await batch(`users=${ann}&viewer=${ann}`))[0]!.location).toMatchObject(AT);
    expect((await batch(`users=${ann}`))[0]!.location).toMatchObject({ lat: -48.9 });
  });

  it('are 304 for who has them, until one of them changes, compressed or not', async () => {
    const name = unique('polled');
    await save(name, { age: 30, location: AT });
    for (const encoding of ['identity', 'br', 'gzip'])
      await undisturbed(async () => {
        const first = await ask(encoding);
        expect(first.headers['cache-control']).toBe('no-cache');
        expect(await ask(encoding, first.headers.etag)).toMatchObject({ status: 304 });
        await save(name, { mood: unique('mood') });
        expect(await ask(encoding, first.headers.etag)).toMatchObject({ status: 200 });
      });
  });

  it.each([
    [{}, 'username required'],
    [{ username: '  ' }, 'username required'],
    [{ username: 'x', age: 'old' }, 'age must be a number'],
    [{ username: 'x', age: 17 }, 'age must be between 18 and 120'],
  ])('refuse %j as the clients show it', async (body, detail) => {
    const answer = await api.put('/api/dating/profile', body);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ detail });
  });

  it.each([
    'limit=0',
    'limit=2001',
    'viewerLat=90.1&viewerLon=0',
    'viewerLat=1',
    'viewerLat=x&viewerLon=1',
    'viewerLat=&viewerLon=',
    'maxDistanceKm=0.05',
    'maxDistanceKm=1e3',
  ])('refuse a list with %s', async (query) => {
    expectProblem(await api.get(`/api/dating/profiles?${query}`), 422, 'validation_failed');
  });
});

describe('a field of a dating profile', () => {
  it('of whatever it is made is taken or refused; what was taken can be read', async () => {
    const username = unique('odd');
    for (const [name, json] of Object.entries(BAD_JSON)) {
      // All at once; and each alone that takes any JSON, because another one would have it refused before.
      const bodies = [Object.keys(EDIT_FIELDS), ...(json.length > 1_000 ? [] : FREE.map((one) => [one]))];
      for (const some of bodies) {
        const body = `{"username":"${username}",${some.map((one) => `"${one}":${json}`).join(',')}}`;
        if (Buffer.byteLength(body) > 2 * 1024 * 1024) continue;
        const { status } = await api.send({ method: 'PUT', path: '/api/dating/profile', body });
        expect([name, some.length, [200, 400, 422].includes(status)]).toEqual([name, some.length, true]);
      }
    }
    expect(await batch(`users=${username}&viewer=${username}`)).toMatchObject([{ username }]);
    expect((await list(`viewer=${username}&limit=5`)).length).toBeGreaterThan(0);
  });
});

describe('likes over HTTP', () => {
  it('are made, listed and taken back', async () => {
    const [ann, bob] = [unique('Ann'), unique('Bob')];
    const [from, to] = [ann.toLowerCase(), bob.toLowerCase()];
    expect((await api.post('/api/dating/likes', { from: ann, to: bob, at: 7 })).json()).toEqual({ from, to, at: 7 });
    const incoming = await api.get(`/api/dating/likes/incoming?user=${bob}`);
    expect(incoming.json()).toEqual([{ from, at: 7 }]);
    expect((await api.get(`/api/dating/likes/outgoing?user=${ann}`)).json()).toEqual([{ to, at: 7 }]);
    const headers = { 'if-none-match': incoming.headers.etag };
    expect(await api.get(`/api/dating/likes/incoming?user=${bob}`, { headers })).toMatchObject({ status: 304 });
    expect((await api.delete('/api/dating/likes', { from: ann, to: bob })).json()).toEqual({ removed: true });
    expect((await api.delete('/api/dating/likes', { from: ann, to: bob })).json()).toEqual({ removed: false });
    expect((await api.get(`/api/dating/likes/incoming?user=${bob}`, { headers })).json()).toEqual([]);
  });

  it('need two people, and somebody to list them of', async () => {
    expectProblem(await api.post('/api/dating/likes', { from: 'ann', to: 'Ann ' }), 400, 'like_invalid');
    for (const body of [
      { from: 5, to: 'x' },
      { from: 'a', to: 'b', at: 'now' },
      { from: ['a'], to: 'b' },
    ])
      expectProblem(await api.post('/api/dating/likes', body), 422, 'validation_failed');
    for (const side of ['incoming', 'outgoing'])
      expectProblem(await api.get(`/api/dating/likes/${side}`), 422, 'validation_failed', 'user');
  });
});
