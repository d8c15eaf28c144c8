import { describe, expect, it } from '@jest/globals';
import { type Dating, isVisible } from '#services/profiles/dating/dating.ts';
import { editOf, merge } from '#services/profiles/dating/edit.ts';
import { withoutPhoto } from '#services/profiles/dating/fields/photos.ts';

const url = (name: string) => `https://img.example/${name}.jpg`;
const [A, B, C] = ['a', 'b', 'c'].map(url) as [string, string, string];
const edited = (old: Dating, sent: Record<string, unknown>) => merge(old, editOf(sent));

describe('an edit', () => {
  it('changes what was sent, clears nulls, leaves the rest', () => {
    const old: Dating = { age: 30, gender: 'Male', mood: 'calm', religion: 'none' };
    expect(edited(old, { age: null, gender: '', mood: '', religion: 'other' })).toEqual({ religion: 'other' });
    expect(edited(old, { gender: 'unknown' })).toEqual(old);
  });

  it.each<[string, Dating, Record<string, unknown>, Dating]>([
    [
      'the first of photos sent alone is the primary',
      {},
      { photos: [A, B, A] },
      { photoUrl: A, photo: A, photos: [B] },
    ],
    [
      'the primary does not stand among the others',
      { photos: [A, B] },
      { photoUrl: A },
      { photoUrl: A, photo: A, photos: [B] },
    ],
    ['no photos, no primary', { photoUrl: A, photo: A, photos: [B] }, { photos: [] }, {}],
    ['no photos but a primary that was sent', { photos: [B] }, { photos: [], photoUrl: C }, { photoUrl: C, photo: C }],
    ['both names as they were sent', {}, { photoUrl: A, photo: B }, { photoUrl: A, photo: B }],
    ['an empty primary is none', { photoUrl: A, photo: A, photos: [B] }, { photoUrl: '' }, { photos: [B] }],
    [
      'data URLs and others are refused',
      {},
      { photos: ['data:image/png;base64,x', 'ftp://x', 5, A] },
      { photoUrl: A, photo: A },
    ],
    [
      'placements only of photos',
      { photoUrl: A, photos: [B] },
      { photoPlacements: { [A]: 'top', [B]: 'x', [C]: 'y' } },
      { photoUrl: A, photo: A, photos: [B], photoPlacements: { [A]: 'top', [B]: 'x' } },
    ],
    [
      'a placement goes with its photo',
      { photoUrl: A, photo: A, photos: [B], photoPlacements: { [B]: 'x' } },
      { photos: [A] },
      { photoUrl: A, photo: A },
    ],
    [
      'no placements',
      { photoUrl: A, photo: A, photoPlacements: { [A]: 'x' } },
      { photoPlacements: {} },
      { photoUrl: A, photo: A },
    ],
  ])('of photos: %s', (_, old, sent, expected) => {
    expect(edited(old, sent)).toEqual(expected);
  });

  it('takes eight photos, and cuts addresses at 512 characters', () => {
    const many = Array.from({ length: 12 }, (_, n) => url(String(n)));
    expect(edited({}, { photos: many }).photos).toEqual(many.slice(1, 8));
    expect(edited({}, { photo: `https://x/${'y'.repeat(600)}` }).photo).toHaveLength(512);
  });

  const home = { city: 'Oslo', lat: 59.9139, lon: 10.7522, accuracy: 5 };
  it.each<[string, unknown, Dating]>([
    ['without coordinates keeps the old ones', { city: 'Bergen' }, { location: { ...home, city: 'Bergen' } }],
    ['with the area that others see keeps the exact place', { city: 'Oslo', lat: 59.9, lon: 10.8 }, { location: home }],
    ['with other coordinates takes them', { lat: 0, lon: 0 }, { location: { lat: 0, lon: 0 } }],
    ['that is no object clears it', null, {}],
  ])('of a location %s', (_, location, expected) => {
    expect(edited({ location: home }, { location })).toEqual(expected);
  });
});

describe('removing a photo', () => {
  it.each<[string, Dating, Dating]>([
    ['one of the others', { photoUrl: B, photo: B, photos: [A, C] }, { photoUrl: B, photo: B, photos: [C] }],
    [
      'the primary: the next takes over',
      { photoUrl: A, photo: A, photos: [B, C] },
      { photoUrl: B, photo: B, photos: [C] },
    ],
    ['the last', { photoUrl: A, photo: A, photoPlacements: { [A]: 'x' } }, {}],
    ['one that is not there', { photoUrl: B, photo: B }, { photoUrl: B, photo: B }],
  ])('%s', (_, old, expected) => {
    expect(withoutPhoto(old, A)).toEqual(expected);
  });
});

describe('a profile is visible', () => {
  it.each<[Dating, boolean]>([
    [{}, false],
    [{ displayName: 'Ann', childrenCount: 2, relationshipPreference: ['New friends'] }, false],
    [{ location: { lat: 1, lon: 1, countryCode: 'NO' } }, false],
    [{ location: { formatted: 'Oslo' } }, true],
    [{ photo: A }, true],
    [{ age: 30 }, true],
    [{ relocation: 'maybe' }, true],
    [{ idealPartner: 'kind' }, true],
    [{ preferences: { religions: [] } }, true],
  ])('with %j: %j', (dating, expected) => {
    expect(isVisible(dating)).toBe(expected);
  });
});
