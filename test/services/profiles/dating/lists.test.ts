import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { distanceKm } from '#services/profiles/dating/match/distance.ts';
import type { DatingView } from '#services/profiles/dating/dating.shape.ts';
import { type ProfilesBroker, startProfiles } from '#test/services/profiles/dating/dating-broker.ts';

let one: ProfilesBroker;
let other: ProfilesBroker;
const OSLO = { city: 'Oslo', lat: 59.9139, lon: 10.7522, accuracy: 4 };
beforeAll(async () => {
  one = await startProfiles();
  other = await startProfiles(one.database);
  await one.save('viewer', { age: 30, location: OSLO });
  await one.save('near', { age: 31, location: { city: 'Oslo', lat: 59.92, lon: 10.76 } });
  await one.save('far', { age: 32, location: { city: 'Bergen', lat: 60.39, lon: 5.32 } });
  await one.save('antipode', { age: 33, location: { lat: -59.9, lon: -169.2 } });
  await one.save('nowhere', { age: 34 });
  await one.save('invisible', { displayName: 'I', location: { lat: 59.9, lon: 10.7 } });
});
afterAll(async () => {
  await other.stop();
  await one.stop();
});

const names = (list: DatingView[]) => list.map(({ username }) => username);
const of = (list: DatingView[], name: string) => list.find(({ username }) => username === name)!;

describe('a dating list', () => {
  it('has the visible profiles, the newest first, without anything of a viewer', async () => {
    const list = await one.list();
    expect(names(list)).toEqual(['nowhere', 'antipode', 'far', 'near', 'viewer']);
    for (const profile of list) {
      expect(profile.hasDatingProfile).toBe(true);
      expect(profile).not.toHaveProperty('distanceMeters');
      expect(profile).not.toHaveProperty('matchPercentage');
    }
  });

  it('goes from the viewer outwards, then to those whose place is not known, and scores all but the viewer', async () => {
    const list = await one.list({ viewer: 'Viewer' });
    expect(names(list)).toEqual(expect.arrayContaining(['viewer', 'near']));
    expect(names(list).slice(2)).toEqual(['far', 'antipode', 'nowhere']);
    expect(of(list, 'viewer')).toMatchObject({ distanceMeters: 0 });
    expect(of(list, 'viewer')).not.toHaveProperty('matchBreakdown');
    expect(of(list, 'far').matchPercentage).toBe(of(list, 'far').matchBreakdown!.total);
    expect(of(list, 'far').matchBreakdown!.components.location).toMatchObject({ score: 18, level: 'same-state' });
    expect(of(list, 'near').matchBreakdown!.components.location).toMatchObject({ score: 30, level: 'same-area' });
    expect(of(list, 'nowhere')).not.toHaveProperty('distanceMeters');
  });

  it('leaves out who is beyond maxDistanceKm, or nowhere', async () => {
    expect(names(await one.list({ viewer: 'viewer', maxDistanceKm: 50 })).toSorted()).toEqual(['near', 'viewer']);
    expect(names(await one.list({ viewerLat: 60.4, viewerLon: 5.3, maxDistanceKm: 30 }))).toEqual(['far']);
    expect(names(await one.list({ viewer: 'viewer', maxDistanceKm: 25_000 }))).not.toContain('nowhere');
    // Nobody knows where the viewer is.
    expect(await one.list({ viewer: 'nowhere', maxDistanceKm: 1 })).toHaveLength(5);
  });

  it('of no visible viewer has no scores', async () => {
    for (const viewer of ['invisible', 'nobody', ''])
      for (const profile of await one.list({ viewer })) expect(profile).not.toHaveProperty('matchPercentage');
  });

  it('has as many as its limit, of those who are visible', async () => {
    expect(names(await one.list({ limit: 2 }))).toEqual(['nowhere', 'antipode']);
    expect(await one.list({ viewer: 'viewer', limit: 4 })).toHaveLength(4);
  });

  it.each([
    { viewerLat: 91, viewerLon: 0 },
    { viewerLat: 0, viewerLon: -181 },
    { viewerLat: 1 },
    { viewerLon: 1 },
    { maxDistanceKm: 0 },
    { maxDistanceKm: 25_001 },
    { limit: 0 },
    { limit: 2_001 },
  ])('%j is refused', async (params) => {
    await expect(one.list(params)).rejects.toMatchObject({ code: 422 });
  });
});

describe('where somebody is', () => {
  it('is told exactly to nobody but a viewer who is known', async () => {
    const known = of(await one.list({ viewer: 'viewer', known: true }), 'viewer');
    expect(known.location).toEqual({ ...OSLO, coordinates: { type: 'Point', coordinates: [OSLO.lon, OSLO.lat] } });
    const shown = { city: 'Oslo', lat: 59.9, lon: 10.8, coordinates: { type: 'Point', coordinates: [10.8, 59.9] } };
    const rounded = [
      of(await one.list({ viewer: 'viewer' }), 'viewer'),
      of(await one.list({ viewer: 'near', known: true }), 'viewer'),
      (await one.call('profiles.datingBatch', { users: 'viewer' }))[0]!,
      (await one.call('profiles.datingBatch', { users: 'viewer', viewer: 'near', known: true }))[0]!,
    ];
    for (const { location } of rounded) expect(location).toEqual(shown);
  });

  it('cannot be found by distances: they are the same wherever in an area somebody is', async () => {
    const distances = async () => {
      const from = [0, 1, 2].map((n) => one.list({ viewerLat: 59 + n / 2, viewerLon: 10 + n }));
      return (await Promise.all(from)).map((list) => of(list, 'mover').distanceMeters);
    };
    await one.save('mover', { age: 40, location: { lat: 59.951, lon: 10.751 } });
    const before = await distances();
    await one.save('mover', { location: { lat: 60.049, lon: 10.849 } });
    expect(await distances()).toEqual(before);
    const wrong = distanceKm({ lat: 59, lon: 10 }, { lat: 60, lon: 10.8 }) - before[0]! / 1_000;
    expect(Math.abs(wrong)).toBeLessThan(10);
  });
});

const ask = (broker: ProfilesBroker, ifNoneMatch?: string) =>
  broker.call('profiles.datingList', { viewer: 'viewer', encoding: 'identity', ifNoneMatch });

describe('a list that was made before', () => {
  it('has one tag in every instance, and no body for who has it', async () => {
    const { etag } = await ask(one);
    expect(await ask(other)).toMatchObject({ etag, body: expect.any(Buffer) });
    expect(await ask(other, etag)).toEqual({ etag, encoding: 'identity', body: null });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an edit', () => one.save('near', { mood: 'new' })],
    [
      'another name',
      async () => {
        const { profile } = await one.call('profiles.signUp', {
          username: 'far',
          password: 'Correct-Horse-1',
          address: '::1',
        });
        await ask(other);
        await one.call('profiles.updateMe', { userId: profile.userId, username: 'further' });
      },
    ],
    ['a new profile', () => one.save('newcomer', { age: 30 })],
    ['a deletion', () => one.call('profiles.removeDating', { username: 'newcomer' })],
    [
      'a photo that goes',
      async () => {
        await one.save('near', { photos: ['https://a.example/p'] });
        await ask(other);
        await one.call('profiles.removeDatingPhoto', { username: 'near', url: 'https://a.example/p' });
      },
    ],
  ])('shows %s at once, through another instance', async (_, change) => {
    const before = await ask(other);
    await change();
    const after = await ask(other, before.etag);
    expect(after.body).not.toBe(null);
    expect(String(after.body)).not.toBe(String(before.body));
    expect(String(after.body)).toBe(String((await ask(one)).body));
  });

  it('comes compressed when asked for', async () => {
    const { encoding, body } = await one.call('profiles.datingList', { encoding: 'br' });
    expect(encoding).toBe('br');
    expect(body!.length).toBeGreaterThan(0);
  });
});
