import { describe, expect, it } from '@jest/globals';
import { type Edit, editOf } from '#services/profiles/dating/edit.ts';

const fieldOf = (name: string, value: unknown): unknown =>
  (editOf({ [name]: value }).fields as Record<string, unknown>)[name];
const long = 'x'.repeat(1_000);
const LEFT = undefined;
const CLEARED = null;

describe('a field of a dating profile', () => {
  it.each<[string, unknown, unknown]>([
    ['mood', ' calm ', 'calm'],
    ['mood', long, 'x'.repeat(160)],
    ['mood', '', CLEARED],
    ['mood', null, CLEARED],
    ['religion', long, 'x'.repeat(80)],
    ['nationality', long, 'x'.repeat(80)],
    ['height', 180, '180'],
    ['height', long, 'x'.repeat(40)],
    ['bodyType', long, 'x'.repeat(80)],
    ['employer', long, 'x'.repeat(160)],
    ['dealBreaker', long, 'x'.repeat(200)],
    ['whatMakesRelationshipGreat', long, 'x'.repeat(400)],
    ['idealPartner', long, 'x'.repeat(600)],
    ['idealPartner', '  ', CLEARED],
    // A pair of surrogates is not cut in half.
    ['height', `${'x'.repeat(39)}🎉`, 'x'.repeat(39)],
    ['age', 18, 18],
    ['age', ' 120 ', 120],
    ['age', 30.7, 30],
    ['age', null, CLEARED],
    ['age', '', CLEARED],
    ['gender', 'fEMALE', 'Female'],
    ['gender', 'male ', 'Male'],
    ['gender', 'other', LEFT],
    ['gender', '', CLEARED],
    ['interestedIn', 'women', 'Female'],
    ['interestedIn', 'MAN', 'Male'],
    ['interestedIn', 'any', 'Everyone'],
    ['interestedIn', 'nobody', LEFT],
    ['smoking', 'I don’t', "Don't smoke"],
    ['smoking', 'Non-smoker', "Don't smoke"],
    ['smoking', 'occasionally', 'Occasionally smoke'],
    ['smoking', 'I smoke', 'Do smoke'],
    ['smoking', 'pipe', 'pipe'],
    ['smoking', ' ', CLEARED],
    ['drinking', 'dont', "Don't drink"],
    ['drinking', 'Socially', 'Occasionally drink'],
    ['drinking', 'drink', 'Do drink'],
    ['drinking', 'tea', 'tea'],
    ['children', 'No children', 'No'],
    ['children', 'I have none', 'No'],
    ['children', "yes, they don't live with me", "Yes - we don't live together"],
    ['children', 'yes, at the same home', 'Yes - we live together'],
    ['children', 'two', 'two'],
    ['relocation', 'Within my country', 'Willing to relocate within my country'],
    ['relocation', 'abroad', 'Willing to relocate to another country'],
    ['relocation', 'not really willing to go to another country', 'Not willing to relocate'],
    ['relocation', 'unsure', 'Not sure about relocating'],
    ['relocation', 'maybe', 'maybe'],
    ['childrenCount', '2', 2],
    ['childrenCount', 0, 0],
    ['childrenCount', 21, CLEARED],
    ['childrenCount', 'many', CLEARED],
    ['relationshipPreference', 'serious, a friend', ['New friends', 'Life partner']],
    [
      'relationshipLookingFor',
      ['Undecided', 'chess', 'long-term'],
      ['Long-term partner', 'Still figuring it out', 'chess'],
    ],
    ['relationshipsLookingFor', [long], ['x'.repeat(80)]],
    ['relationshipsLookingFor', [], CLEARED],
    ['preferences', { age: [40, '30'], religions: ['a'], x: 1 }, { age: { min: 30, max: 40 }, religions: ['a'], x: 1 }],
    ['preferences', { ageRange: { min: 20, max: 25 } }, { age: { min: 20, max: 25 } }],
    ['preferences', [25, 35], { age: { min: 25, max: 35 } }],
    ['preferences', { age: { min: 3, max: 25 }, religions: [] }, { religions: [] }],
    ['preferences', {}, CLEARED],
    ['preferences', 'none', CLEARED],
    ['height', undefined, LEFT],
    ['about', 'me', LEFT],
    ['passwordHash', 'x', LEFT],
  ])('%s: %j becomes %j', (name, value, expected) => {
    expect(fieldOf(name, value)).toEqual(expected);
  });

  it.each<[unknown, string]>([
    ['many', 'age must be a number'],
    [true, 'age must be a number'],
    [{}, 'age must be a number'],
    [Number.NaN, 'age must be a number'],
    [17, 'age must be between 18 and 120'],
    ['121', 'age must be between 18 and 120'],
  ])('age: %j is refused', (age, detail) => {
    expect(() => editOf({ age })).toThrow(expect.objectContaining({ code: 400, message: detail }));
  });

  it('preferences over 4 KiB are refused', () => {
    expect(() => editOf({ preferences: { x: long.repeat(5) } })).toThrow(expect.objectContaining({ code: 422 }));
  });

  it('the display name is the first of three names that is not blank', () => {
    expect(editOf({ displayName: ' ', firstName: 'Ann', name: 'A' }).fields.displayName).toBe('Ann');
    expect(editOf({ name: '' }).fields.displayName).toBe(null);
    expect(editOf({}).fields).not.toHaveProperty('displayName');
  });
});

const placeOf = (location: unknown): Edit['location'] => editOf({ location }).location;

describe('a location', () => {
  it.each<[unknown, unknown]>([
    [
      { cityName: 'Oslo', state_code: 'os', countryISO: 'no', country_name: 'Norway' },
      { city: 'Oslo', stateCode: 'OS', countryCode: 'NO', country: 'Norway' },
    ],
    [{ country: 'nor' }, { countryCode: 'NOR' }],
    [
      { stateName: long, formatted: long },
      { state: 'x'.repeat(120), formatted: 'x'.repeat(180) },
    ],
    [
      { lat: 0, lon: 0, accuracy: 12.5 },
      { lat: 0, lon: 0, accuracy: 12.5 },
    ],
    [
      { latitude: '59.9', lng: '10.75' },
      { lat: 59.9, lon: 10.75 },
    ],
    [{ coordinates: { type: 'Point', coordinates: [10, 60] } }, { lat: 60, lon: 10 }],
    [{ lat: 1, accuracy: -1, other: 'x' }, {}],
    [{ lat: '', lon: null }, {}],
    [null, null],
    ['Oslo', null],
    [undefined, undefined],
  ])('%j becomes %j', (sent, expected) => {
    expect(placeOf(sent)).toEqual(expected);
  });

  it.each([
    { lat: 91, lon: 0 },
    { lat: 0, lon: -180.1 },
    { lat: 'north', lon: 0 },
    { lat: [1], lon: 1 },
  ])('%j is refused', (location) => {
    expect(() => placeOf(location)).toThrow(expect.objectContaining({ code: 400 }));
  });
});
