import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ProfilesBroker, startProfiles } from '#test/services/profiles/dating/dating-broker.ts';

let profiles: ProfilesBroker;
let call: ProfilesBroker['call'];
beforeAll(async () => {
  profiles = await startProfiles();
  ({ call } = profiles);
});
afterAll(() => profiles.stop());

const likes = () => profiles.database.db.collection('likes');

describe('likes', () => {
  it('are one a pair, whatever the case, and a repeat moves its time', async () => {
    expect(await call('profiles.like', { from: ' Ann', to: 'BOB ', at: 5 })).toEqual({ from: 'ann', to: 'bob', at: 5 });
    const before = Date.now();
    const { at } = await call('profiles.like', { from: 'ann', to: 'bob', at: null });
    expect(at).toBeGreaterThanOrEqual(before);
    expect(await likes().countDocuments({ fromLc: 'ann' })).toBe(1);
    expect(await call('profiles.likesIncoming', { user: 'Bob' })).toEqual([{ from: 'ann', at }]);
    expect(await call('profiles.likesOutgoing', { user: 'ann' })).toEqual([{ to: 'bob', at }]);
    expect(await call('profiles.unlike', { from: 'ANN', to: 'bob' })).toEqual({ removed: true });
    expect(await call('profiles.unlike', { from: 'ann', to: 'bob' })).toEqual({ removed: false });
    expect(await call('profiles.likesIncoming', { user: 'bob' })).toEqual([]);
  });

  it('of a hundred pairs are a hundred when a thousand come at once', async () => {
    const all = Array.from({ length: 1_000 }, (_, n) => ({
      from: `from${n % 10}`,
      to: `to${Math.floor(n / 10) % 10}`,
      at: n,
    }));
    await Promise.all(all.map((like) => call('profiles.like', like)));
    expect(await likes().countDocuments({ fromLc: /^from/ })).toBe(100);
    for (const user of ['to0', 'to9']) expect(await call('profiles.likesIncoming', { user })).toHaveLength(10);
  });

  it('come the newest first, five thousand at most', async () => {
    const many = Array.from({ length: 5_001 }, (_, n) => ({
      fromLc: `fan${n}`,
      toLc: 'star',
      at: (n * 7_919) % 5_001,
    }));
    await likes().insertMany(many);
    const incoming = await call('profiles.likesIncoming', { user: 'star' });
    expect(incoming.map(({ at }) => at)).toEqual(Array.from({ length: 5_000 }, (_, n) => 5_000 - n));
  });

  it.each([{}, { from: 'ann' }, { from: ' ', to: 'bob' }, { from: 'Ann', to: 'ann ' }, { from: null, to: 'bob' }])(
    'of %j are refused',
    async (pair) => {
      const refusal = { code: 400, message: 'invalid like input' };
      await expect(call('profiles.like', pair)).rejects.toMatchObject(refusal);
      await expect(call('profiles.unlike', pair)).rejects.toMatchObject(refusal);
    },
  );

  it('of nobody are refused', async () => {
    await expect(call('profiles.likesIncoming', { user: ' ' })).rejects.toMatchObject({ code: 422 });
  });
});
