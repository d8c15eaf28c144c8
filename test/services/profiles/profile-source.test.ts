import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseEvent } from '#shared/events/parse.ts';
import { profileEvent, profileSource } from '#services/profiles/profile-source.ts';
import { updateProfile } from '#services/profiles/accounts/update-profile.ts';
import { accountsStage, cheapPasswords, type AccountsStage } from '#test/services/profiles/accounts/accounts-stage.ts';

let stage: AccountsStage;
beforeAll(async () => {
  stage = await accountsStage({}, cheapPasswords);
});
afterAll(() => stage.database.drop());

const AT = 1_795_992_600_000;

describe('the event of a profile', () => {
  it('tells what everybody may see, under the userId, with the rev of the change', async () => {
    const { profile } = await stage.signUp('Ann');
    await updateProfile(stage, { userId: profile.userId, avatarUrl: 'https://example.com/a', friends: ['bob'] });
    const document = await stage.profiles.findByUserId(profile.userId);
    const whole = {
      ...document,
      age: 30,
      gender: 'Female',
      mood: 'Curious',
      photos: ['https://example.com/1'],
      location: {
        city: 'Rome',
        country: 'Italy',
        lat: 41.9,
        lon: 12.5,
        coordinates: { type: 'Point', coordinates: [12.5, 41.9] },
      },
    };
    const event = profileEvent(whole, 'updated', AT);
    expect(event).toMatchObject({
      type: 'tm.profile.updated',
      id: `profile:${profile.userId}:2`,
      subject: profile.userId,
      data: {
        rev: 2,
        profile: {
          username: 'Ann',
          avatarUrl: 'https://example.com/a',
          hasDatingProfile: true,
          age: 30,
          location: { city: 'Rome', state: null, country: 'Italy' },
        },
      },
    });
    expect(JSON.stringify(event)).not.toMatch(/cheap|bob|41\.9|12\.5|names|password/);
    expect(() => parseEvent(JSON.stringify(event))).not.toThrow();
    expect(profileEvent(document!, 'created', AT)).toMatchObject({ type: 'tm.profile.created' });
  });

  it('is not sent for a dating profile without an account', () => {
    expect(profileEvent({ username: 'dana', usernameLower: 'dana', rev: 1 }, 'created', AT)).toBeNull();
  });
});

describe('after a lost place', () => {
  it('all profiles are told once more', async () => {
    const { profile } = await stage.signUp('Bob');
    const { events } = await profileSource(stage.database.db).page(0, null);
    expect(events.map(({ subject }) => subject)).toContain(profile.userId);
  });
});
