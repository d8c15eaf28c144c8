import { describe, expect, it } from '@jest/globals';
import { positionIn } from '#services/profiles/dating/area.ts';
import type { Dating } from '#services/profiles/dating/dating.ts';
import { distanceKm } from '#services/profiles/dating/match/distance.ts';
import { matchOf, personOf } from '#services/profiles/dating/match/match.ts';
import { roundHalfEven } from '#services/profiles/dating/match/round.ts';

const person = (dating: Dating) => personOf(dating, positionIn(dating.location));
const match = (viewer: Dating, other: Dating) => matchOf(person(viewer), person(other));
const scores = (viewer: Dating, other: Dating) => match(viewer, other).components;

it.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [2.51, 3],
  [12.5, 12],
])('%d rounds to %d: halves to the even one', (value, rounded) => {
  expect(roundHalfEven(value)).toBe(rounded);
});

it.each([
  [{ lat: 0, lon: 0 }, { lat: 0, lon: 1 }, 111.195],
  [{ lat: 52.52, lon: 13.405 }, { lat: 48.857, lon: 2.352 }, 877.4],
  [{ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 }, 111.195],
  [{ lat: 90, lon: 0 }, { lat: -90, lon: 77 }, 20_015.087],
])('from %j to %j it is %d km', (one, other, km) => {
  expect(distanceKm(one, other)).toBeCloseTo(km, 0);
});

const at = (km: number): Dating => ({ location: { lat: 0, lon: km / 111.195 } });

describe('location', () => {
  it.each([
    [0, 30, 'same-area'],
    [22.2, 30, 'same-area'],
    [33.4, 26, 'nearby'],
    [111.2, 22, 'regional'],
    [278, 18, 'same-state'],
    [556, 12, 'same-country'],
    [1_668, 6, 'distant'],
  ])('%d km apart: %d points, %s', (km, score, level) => {
    const { location } = scores(at(0), at(km));
    expect(location).toMatchObject({ score, weight: 30, level });
    expect(location.distanceKm).toBeCloseTo(km, 0);
  });

  it.each<[Dating['location'], Dating['location'], object]>([
    [{ city: 'Oslo' }, { city: ' oslo' }, { score: 26, level: 'same-city' }],
    [
      { city: 'A', state: 'S' },
      { city: 'B', state: 's' },
      { score: 20, level: 'same-state' },
    ],
    [{ countryCode: 'NO' }, { countryCode: 'NO', lat: 1, lon: 1 }, { score: 12, level: 'same-country' }],
    [{ city: 'A' }, { city: 'B' }, { score: 0 }],
    [undefined, { city: 'B' }, { score: 0 }],
  ])('without both coordinates by names: %j and %j', (one, other, expected) => {
    expect(scores({ location: one }, { location: other }).location).toEqual({ weight: 30, ...expected });
  });
});

describe('relationship', () => {
  it.each<[string[], string[], number, number]>([
    [['a', 'b'], ['b', 'a'], 25, 1],
    // 25 / 2 = 12.5, and 12 is even.
    [['a', 'b'], ['a'], 12, 0.5],
    [['a', 'b'], ['b', 'c'], 8, 0.333],
    [['a'], ['b'], 0, 0],
    [[], [], 0, 0],
  ])('%j and %j: %d points', (one, other, score, ratio) => {
    const { relationship } = scores({ relationshipPreference: one }, { relationshipsLookingFor: other });
    expect(relationship).toEqual({ score, ratio, weight: 25, overlap: one.filter((kind) => other.includes(kind)) });
  });
});

const range = (min?: number, max?: number): Dating => ({ preferences: { age: { min, max } } });

describe('interests', () => {
  it.each<[Dating, Dating, object]>([
    [{}, {}, { score: 0 }],
    [{ interestedIn: 'Everyone' }, { gender: 'Male' }, { score: 10, mutual: ['viewer'] }],
    [{ gender: 'Male' }, { interestedIn: 'Male' }, { score: 10, mutual: ['other'] }],
    [{ interestedIn: 'Female' }, { gender: 'Male' }, { score: 0 }],
    [{ religion: 'Zen' }, { religion: 'zen' }, { score: 5, religionMatch: true }],
    [range(30, 40), { age: 40 }, { score: 5, ageCompatibility: ['viewer-range'] }],
    [range(30, 40), { age: 42 }, { score: 2, ageCompatibility: ['viewer-range-near'] }],
    [range(30, 40), { age: 27 }, { score: 0 }],
    [range(30), { age: 50 }, { score: 3, ageCompatibility: ['viewer-range-min'] }],
    [{ age: 50 }, range(undefined, 50), { score: 3, ageCompatibility: ['other-range-max'] }],
    [{ age: 50 }, range(undefined, 49), { score: 0 }],
    [
      { age: 30, ...range(20, 30), gender: 'Female', interestedIn: 'Male' },
      { age: 30, ...range(30, 35), gender: 'Male', interestedIn: 'Female' },
      { score: 20, mutual: ['viewer', 'other'], ageCompatibility: ['viewer-range', 'other-range'] },
    ],
  ])('%j and %j: %j', (viewer, other, expected) => {
    expect(scores(viewer, other).interests).toEqual({ weight: 20, ...expected });
  });
});

describe('lifestyle', () => {
  const all = { smoking: 's', drinking: 'd', children: 'c', relocation: 'r' };
  it.each<[Dating, Dating, number, string[]]>([
    [{}, {}, 0, []],
    [{ smoking: 's' }, { smoking: 's' }, 4, ['smoking']],
    [{ drinking: 'a', children: 'c' }, { drinking: 'b', children: 'c' }, 3, ['children']],
    [{ childrenCount: 0 }, { childrenCount: 0 }, 2, ['childrenCount']],
    [{ childrenCount: 2 }, { childrenCount: 1 }, 1, ['childrenCountClose']],
    [{ childrenCount: 2 }, {}, 0, []],
    [{ ...all, childrenCount: 1 }, { ...all, childrenCount: 1 }, 15, [...Object.keys(all), 'childrenCount']],
  ])('%j and %j: %d points', (viewer, other, score, matches) => {
    expect(scores(viewer, other).lifestyle).toEqual({ score, matches, weight: 15 });
  });
});

describe('personality', () => {
  it('compares the words of mood and tastes, and not those of body, school and work', () => {
    const viewer = { mood: 'Hiking, and tea!', school: 'Oslo', job: 'painter' };
    const other = { hobby: 'hiking; tea with the cat', school: 'Oslo', employer: 'painter' };
    // Shared: hiking, tea; in all: cat besides.
    expect(scores(viewer, other).personality).toEqual({
      score: 7,
      weight: 10,
      ratio: 0.667,
      overlap: ['hiking', 'tea'],
    });
  });

  it('names twelve words at most, sorted', () => {
    const mood = Array.from({ length: 20 }, (_, n) => `word${n}`).join(' ');
    const { overlap, score } = scores({ mood }, { outlook: mood }).personality;
    expect(score).toBe(10);
    expect(overlap).toHaveLength(12);
    expect(overlap).toEqual(overlap.toSorted());
  });
});

describe('the total', () => {
  it('is at least 10', () => {
    expect(match({}, {})).toMatchObject({ total: 10, rawTotal: 0 });
  });

  it('is 100 for two who want the same', () => {
    const one: Dating = {
      age: 30,
      gender: 'Male',
      interestedIn: 'Everyone',
      smoking: 's',
      drinking: 'd',
      children: 'c',
      relocation: 'r',
      childrenCount: 1,
      mood: 'curious',
      relationshipPreference: ['New friends'],
      location: { lat: 1, lon: 1 },
    };
    expect(match(one, one)).toMatchObject({ total: 100, rawTotal: 100 });
  });
});
