import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { profileView } from '#services/profiles/accounts/profile-view.ts';
import { updateProfile } from '#services/profiles/accounts/update-profile.ts';
import { openRepositories } from '#services/profiles/repositories.ts';
import { accountsStage, PASSWORD, type AccountsStage } from '#test/services/profiles/accounts/accounts-stage.ts';

let stage: AccountsStage;
beforeAll(async () => {
  stage = await accountsStage({ AUTH_RATE_LIMIT_MAX: '1000000' });
});
afterAll(() => stage.database.drop());

const profiles = () => stage.database.db.collection('profiles');

/** An account as the older service stored it. */
async function olderAccount(username: string, more: object = {}) {
  await profiles().insertOne({
    userId: `u_${username}`,
    username,
    usernameLower: username.toLowerCase(),
    // A cost of 4, so that the test does not take long; the older service's was 12.
    passwordHash: hashSync(PASSWORD, 4),
    avatarUrl: null,
    friends: [],
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000,
    ...more,
  });
}
const stored = (userId: string) => stage.profiles.findByUserId(userId);

describe('an account of the older service', () => {
  it('logs in with its password, whose hash is replaced; nothing of it is answered', async () => {
    await olderAccount('Olga', { location: { lat: 1 }, email: 'x' });
    await expect(stage.logIn('olga', 'Wrong-Horse-1')).rejects.toMatchObject({ type: 'credentials_invalid' });
    expect((await stored('u_Olga'))!.passwordHash).toMatch(/^\$2b\$/);
    const { profile } = await stage.logIn('olga');
    expect(profile).toEqual({
      userId: 'u_Olga',
      username: 'Olga',
      avatarUrl: null,
      friends: [],
      createdAt: 1_700_000_000_000,
      updatedAt: 1_700_000_000_000,
    });
    expect((await stored('u_Olga'))!.passwordHash).toMatch(/^\$argon2id\$/);
    expect(await stage.logIn('OLGA')).toMatchObject({ profile });
    await expect(stage.logIn('olga', 'Wrong-Horse-1')).rejects.toMatchObject({ type: 'credentials_invalid' });
  });

  it('keeps its name, and the ones it had', async () => {
    await olderAccount('Oleg');
    await expect(stage.signUp('OLEG')).rejects.toMatchObject({ type: 'username_taken' });
    await updateProfile(stage, { userId: 'u_Oleg', username: 'Oleg2' });
    await expect(stage.signUp('oleg')).rejects.toMatchObject({ type: 'username_taken' });
    await expect(stage.signUp('oleg2')).rejects.toMatchObject({ type: 'username_taken' });
  });

  it('whose fields are not what they should be is answered in the shape that all have', () => {
    const document = { userId: 'u_1', username: 'A', usernameLower: 'a', friends: 'x', createdAt: '5' };
    expect(profileView(document as never)).toEqual({
      userId: 'u_1',
      username: 'A',
      avatarUrl: null,
      friends: [],
      createdAt: 0,
      updatedAt: 0,
    });
  });
});

describe('a dating profile without an account', () => {
  it('is no user, and becomes the profile of whoever signs up under its name', async () => {
    await profiles().insertOne({ username: 'dana', usernameLower: 'dana', names: ['dana'], age: 30, createdAt: 5 });
    await expect(stage.logIn('dana')).rejects.toMatchObject({ type: 'user_not_found' });
    const { profile } = await stage.signUp('Dana');
    expect(profile).toMatchObject({ username: 'Dana', createdAt: 5 });
    expect(await stored(profile.userId)).toMatchObject({ age: 30, usernameLower: 'dana', names: ['dana'] });
    await expect(stage.signUp('dana')).rejects.toMatchObject({ type: 'username_taken' });
  });
});

describe('the indexes', () => {
  it('are built on an older database, and once more on their own', async () => {
    await openRepositories(stage.database.db);
    const plan = await profiles().find({ names: 'olga' }).explain('queryPlanner');
    expect(JSON.stringify(plan)).toContain('"indexName":"names_1"');
  });
});
