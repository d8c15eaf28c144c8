import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { updateProfile } from '#services/profiles/accounts/update-profile.ts';
import { accountsStage, cheapPasswords, type AccountsStage } from '#test/services/profiles/accounts/accounts-stage.ts';

let stage: AccountsStage;
beforeAll(async () => {
  stage = await accountsStage({ AUTH_RATE_LIMIT_MAX: '1000000' }, cheapPasswords);
});
afterAll(() => stage.database.drop());

const taken = { type: 'username_taken', code: 409 };

describe('200 sign-ups of 50 names at once', () => {
  it('make 50 accounts, and refuse the others', async () => {
    const wishes = Array.from({ length: 200 }, (_, index) => `${index % 2 ? 'NAME' : 'name'}-${index % 50}`);
    const outcomes = await Promise.allSettled(wishes.map((name, index) => stage.signUp(name, `from ${index}`)));
    const made = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.profile] : []));
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(made).toHaveLength(50);
    expect(refused).toHaveLength(150);
    for (const reason of refused) expect(reason).toMatchObject(taken);
    expect(new Set(made.map(({ userId }) => userId)).size).toBe(50);
    expect(await stage.database.db.collection('profiles').countDocuments()).toBe(50);
  });
});

describe('a name', () => {
  it('is wanted by a sign-up and a rename at once, and one of them gets it', async () => {
    const { profile } = await stage.signUp('renamer-0');
    for (let round = 1; round <= 10; round += 1) {
      const username = `contested-${round}`;
      const outcomes = await Promise.allSettled([
        stage.signUp(username.toUpperCase()),
        updateProfile(stage, { userId: profile.userId, username }),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: taken });
    }
  });

  it('that was given up goes to nobody else, however many ask at once', async () => {
    const { profile } = await stage.signUp('first-name');
    const renames = Array.from({ length: 5 }, (_, index) =>
      updateProfile(stage, { userId: profile.userId, username: `next-${index}` }),
    );
    const wishes = Array.from({ length: 20 }, () => stage.signUp('First-Name'));
    const outcomes = await Promise.allSettled([...renames, ...wishes]);
    expect(outcomes.slice(renames.length).map(({ status }) => status)).toEqual(wishes.map(() => 'rejected'));
    for (const name of ['first-name', ...renames.map((_, index) => `next-${index}`)])
      await expect(stage.signUp(name)).rejects.toMatchObject(taken);
  });

  it('is one of 50 at most that a user can have had', async () => {
    const { profile } = await stage.signUp('many-0');
    const rename = (index: number) => updateProfile(stage, { userId: profile.userId, username: `many-${index}` });
    for (let index = 1; index < 50; index += 1) await rename(index);
    await expect(rename(50)).rejects.toMatchObject({ type: 'names_full', code: 409 });
    expect(await rename(0)).toMatchObject({ username: 'many-0' });
  });
});

describe('changes of different fields at once', () => {
  it('are all kept, and each counts', async () => {
    const { profile } = await stage.signUp('editor');
    const { userId } = profile;
    const before = await stage.profiles.findByUserId(userId);
    await Promise.all([
      ...Array.from({ length: 50 }, () => updateProfile(stage, { userId, avatarUrl: 'https://example.com/a' })),
      ...Array.from({ length: 49 }, () => updateProfile(stage, { userId, friends: ['bob'] })),
      updateProfile(stage, { userId, username: 'Editor-2' }),
    ]);
    const after = await stage.profiles.findByUserId(userId);
    expect(after).toMatchObject({ avatarUrl: 'https://example.com/a', friends: ['bob'], username: 'Editor-2' });
    expect(after!.rev).toBe(before!.rev! + 100);
  });
});
