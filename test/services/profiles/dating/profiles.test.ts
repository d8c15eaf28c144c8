import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FREE_TEXTS } from '#services/profiles/dating/fields/text-fields.ts';
import { type ProfilesBroker, startProfiles } from '#test/services/profiles/dating/dating-broker.ts';

let one: ProfilesBroker;
let other: ProfilesBroker;
beforeAll(async () => {
  one = await startProfiles();
  other = await startProfiles(one.database);
});
afterAll(async () => {
  await other.stop();
  await one.stop();
});

const profiles = () => one.database.db.collection('profiles');
const stored = (usernameLower: string) => profiles().findOne({ usernameLower });
const batch = async (users: string, more = {}) => (await one.call('profiles.datingBatch', { users, ...more }))[0];

describe('a dating profile', () => {
  it('is kept as it was sent, preferences whole, and 0 is a latitude', async () => {
    const sent = {
      age: 30,
      gender: 'Male',
      name: 'Zed',
      photos: ['https://a.example/1.jpg', 'https://a.example/2.jpg'],
      photoPlacements: { 'https://a.example/2.jpg': 'about' },
      preferences: { age: { min: 20, max: 40 }, religions: ['a', 'b'], 'a.b': { c: [1] } },
      location: { city: 'Null Island', lat: 0, lon: 0, accuracy: 10 },
      hobbies: 'boats',
    };
    const saved = await one.save('Zed', sent);
    expect(saved).toEqual({
      userId: null,
      username: 'Zed',
      avatarUrl: null,
      hasDatingProfile: true,
      createdAt: expect.any(Number),
      updatedAt: saved.createdAt,
      datingProfileCreatedAt: saved.createdAt,
      displayName: 'Zed',
      firstName: 'Zed',
      name: 'Zed',
      age: 30,
      gender: 'Male',
      photoUrl: 'https://a.example/1.jpg',
      photo: 'https://a.example/1.jpg',
      photos: ['https://a.example/2.jpg'],
      photoPlacements: sent.photoPlacements,
      preferences: sent.preferences,
      location: { ...sent.location, coordinates: { type: 'Point', coordinates: [0, 0] } },
      hobbies: 'boats',
    });
    expect(await one.save('zed')).toEqual({ ...saved, updatedAt: expect.any(Number) });
  });

  it('goes off the lists when nothing of it is left, and keeps its first time', async () => {
    const first = await one.save('fading', { age: 40 });
    expect((await one.list()).map(({ username }) => username)).toContain('fading');
    const gone = await one.save('fading', { age: null });
    expect(gone).toMatchObject({ hasDatingProfile: false });
    expect(gone).not.toHaveProperty('age');
    expect((await other.list()).map(({ username }) => username)).not.toContain('fading');
    expect(await one.save('fading', { mood: 'back' })).toMatchObject({
      hasDatingProfile: true,
      datingProfileCreatedAt: first.datingProfileCreatedAt,
    });
  });

  it('is one for all spellings of a name, also when ten write at once', async () => {
    const spellings = ['Ann', 'ANN', 'ann', ' Ann ', 'aNN'];
    await Promise.all([one, other].flatMap(({ save }) => spellings.map((name) => save(name, { age: 30 }))));
    expect(await profiles().countDocuments({ usernameLower: 'ann' })).toBe(1);
  });

  it('belongs to the account of its name, and tells nothing private of it', async () => {
    await profiles().insertOne({
      userId: 'u_1',
      username: 'Bob',
      usernameLower: 'bob',
      passwordHash: 'secret',
      friends: ['x'],
      avatarUrl: 'https://a.example/b.png',
      createdAt: 1,
      updatedAt: 2,
      about: 'old',
    });
    const saved = await one.save('bob', { mood: 'calm' });
    expect(saved).toMatchObject({ userId: 'u_1', username: 'Bob', avatarUrl: 'https://a.example/b.png', createdAt: 1 });
    expect(await stored('bob')).toMatchObject({ passwordHash: 'secret', friends: ['x'], rev: 1 });
    expect(await stored('bob')).not.toHaveProperty('about');
    const answers = [
      saved,
      await one.list(),
      await batch('bob'),
      await one.call('profiles.removeDatingPhoto', { username: 'bob', url: 'https://a.example/x' }),
    ];
    expect(JSON.stringify(answers)).not.toMatch(/passwordHash|secret|friends|names|usernameLower|_id|datingPoint/);
  });

  it('without an account is taken over by whoever signs up under the name', async () => {
    await one.save('Early', { age: 50 });
    const signedUp = await one.call('profiles.signUp', {
      username: 'early',
      password: 'Correct-Horse-1',
      address: '::1',
    });
    expect(await batch('early')).toMatchObject({ userId: signedUp.profile.userId, username: 'early', age: 50 });
  });

  it('keeps all of a hundred edits of different fields that are made at once', async () => {
    const names = Object.keys(FREE_TEXTS);
    const edits = Array.from({ length: 100 }, (_, n) => names[n % names.length]!);
    await Promise.all(edits.map((name, n) => (n % 2 ? one : other).save('Busy', { [name]: `is ${name}` })));
    const saved = await batch('busy');
    for (const name of edits) expect([name, saved]).toEqual([name, expect.objectContaining({ [name]: `is ${name}` })]);
  });

  it('is deleted with the likes of it, and the account stays', async () => {
    const account = { userId: 'u_9', username: 'Leaver', usernameLower: 'leaver', passwordHash: 'x' };
    await profiles().insertOne({ ...account, names: ['stayer', 'leaver'] });
    await one.call('profiles.like', { from: 'ann', to: 'stayer' });
    await one.save('leaver', { age: 30, location: { city: 'Oslo', lat: 60, lon: 10 } });
    await one.call('profiles.like', { from: 'leaver', to: 'ann' });
    await one.call('profiles.like', { from: 'ann', to: 'LEAVER' });
    expect(await other.call('profiles.removeDating', { username: 'LEAVER' })).toEqual({ success: true });
    expect(await batch('leaver')).toEqual({
      ...(await batch('leaver')),
      userId: 'u_9',
      hasDatingProfile: false,
      displayName: 'Leaver',
      photos: [],
    });
    expect(Object.keys((await stored('leaver'))!)).toEqual(
      expect.not.arrayContaining(['age', 'location', 'datingPoint']),
    );
    expect(await stored('leaver')).toMatchObject({ passwordHash: 'x' });
    for (const user of ['leaver', 'stayer']) expect(await one.call('profiles.likesIncoming', { user })).toEqual([]);
    expect(await one.call('profiles.likesOutgoing', { user: 'leaver' })).toEqual([]);
    await expect(one.call('profiles.removeDating', { username: 'nobody' })).rejects.toMatchObject({
      code: 404,
      message: 'Profile not found',
    });
  });

  it('loses a photo, and the next is the primary one', async () => {
    const photos = ['https://a.example/1', 'https://a.example/2'];
    await one.save('shot', { photos });
    const left = await one.call('profiles.removeDatingPhoto', { username: 'Shot', url: photos[0]! });
    expect(left).toMatchObject({ photoUrl: photos[1], photo: photos[1], photos: [] });
  });

  it.each([
    [{ username: ' ', age: 30 }, 'username required'],
    [{ username: null }, 'username required'],
    [{ username: 'x', age: 'old' }, 'age must be a number'],
    [{ username: 'x', age: 12 }, 'age must be between 18 and 120'],
    [{ username: 'x', location: { lat: 91, lon: 0 } }, 'location.lat must be between -90 and 90'],
  ])('%j is refused with 400 and not stored', async (params, message) => {
    await expect(one.call('profiles.saveDating', params)).rejects.toMatchObject({ code: 400, message });
    expect(await stored('x')).toBe(null);
  });
});

describe('people asked for by name', () => {
  it('come by ids, then by names, in the order asked and once, those without a dating profile too', async () => {
    await profiles().insertMany(
      [1, 2, 3, 4].map((n) => ({ userId: `u_b${n}`, username: `B${n}`, usernameLower: `b${n}` })),
    );
    const found = await one.call('profiles.datingBatch', { ids: 'u_b3,u_none,u_b1', users: 'b4, B3,,nobody,b2' });
    expect(found.map(({ username, hasDatingProfile }) => [username, hasDatingProfile])).toEqual([
      ['B3', false],
      ['B1', false],
      ['B4', false],
      ['B2', false],
    ]);
    expect(await one.call('profiles.datingBatch', {})).toEqual([]);
    const many = Array.from({ length: 201 }, (_, n) => `u${n}`).join(',');
    await expect(one.call('profiles.datingBatch', { users: many })).rejects.toMatchObject({ code: 422 });
  });
});
