import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSignIn } from '#services/profiles/accounts/sign-in.ts';
import { countAttempt } from '#services/profiles/accounts/attempt-limits.ts';
import { accountsStage, cheapPasswords, type AccountsStage } from '#test/services/profiles/accounts/accounts-stage.ts';

const LIMIT = 5;

let stage: AccountsStage;
beforeAll(async () => {
  // The window of a day does not end during the test, but at midnight.
  stage = await accountsStage({ AUTH_RATE_LIMIT_MAX: `${LIMIT}`, AUTH_RATE_LIMIT_WINDOW: '86400' }, cheapPasswords);
});
afterAll(() => stage.database.drop());

const limited = { type: 'rate_limited', code: 429, data: { retryAfter: expect.any(Number) } };
const times = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('sign-ups', () => {
  it('are so many of an address, and others are not kept from it', async () => {
    for (const index of times(LIMIT)) await stage.signUp(`from-one-${index}`, '10.0.0.1');
    await expect(stage.signUp('from-one-x', '10.0.0.1')).rejects.toMatchObject(limited);
    expect(await stage.signUp('from-two', '10.0.0.2')).toMatchObject({ profile: { username: 'from-two' } });
    // Counted by themselves.
    expect(await stage.logIn('from-two', undefined, '10.0.0.1')).toMatchObject({ profile: { username: 'from-two' } });
  });
});

describe('log-ins', () => {
  it('are so many of an address, right or wrong', async () => {
    for (const index of times(LIMIT))
      await expect(stage.logIn(`nobody-${index}`, 'x', '10.0.0.3')).rejects.toMatchObject({ type: 'user_not_found' });
    await expect(stage.logIn('nobody-x', 'x', '10.0.0.3')).rejects.toMatchObject(limited);
  });

  it('are so many to a name, in any case and from anywhere; who was sent away already is not counted there', async () => {
    await stage.signUp('guessed', '10.0.0.4');
    for (const index of times(LIMIT))
      await expect(stage.logIn(index % 2 ? 'GUESSED' : 'guessed', 'x', `10.0.1.${index}`)).rejects.toMatchObject({
        type: 'credentials_invalid',
        code: 401,
      });
    await expect(stage.logIn('guessed', undefined, '10.0.1.99')).rejects.toMatchObject(limited);
    await stage.signUp('spared', '10.0.0.4');
    for (const _ of times(LIMIT)) await expect(stage.logIn('spared', 'x', '10.0.0.3')).rejects.toMatchObject(limited);
    expect(await stage.logIn('spared', undefined, '10.0.1.98')).toMatchObject({ profile: { username: 'spared' } });
  });
});

describe('the count', () => {
  it('is shared by all instances, and exact when they count at once', async () => {
    const instances = [openSignIn(stage), openSignIn(stage)];
    const tries = times(20).map((index) => instances[index % 2]!.attempts('signup:address', '10.0.0.9'));
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMIT);
  });

  it('begins anew with each window, and tells when that is', async () => {
    const limits = { authRateLimitWindow: 60, authRateLimitMax: 1 };
    const at = (now: number) => countAttempt(stage.attempts, limits, 'login:name', 'ann', now);
    const start = 1_795_992_600_000;
    await at(start);
    await expect(at(start + 20_500)).rejects.toMatchObject({ data: { retryAfter: 40 } });
    await at(start + 60_000);
  });

  it('keeps no names and no addresses, and is forgotten after its window', async () => {
    const kept = await stage.database.db.collection('sign_in_attempts').find().toArray();
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toMatch(/10\.0\.|guessed|ann/);
    const indexes = await stage.database.db.collection('sign_in_attempts').indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { expireAt: 1 }, expireAfterSeconds: 0 }));
    for (const { expireAt } of kept) expect(expireAt).toBeInstanceOf(Date);
  });
});
