import { ObjectId } from 'mongodb';
import type { Dating } from '#services/profiles/dating/dating.ts';
import { type DatingDocument, writeDating } from '#services/profiles/dating/stored.ts';
import { type Random, seeded } from '#tools/demo/random.ts';

interface City {
  name: string;
  lat: number;
  lon: number;
}

/** Towns over Europe. */
export const CITIES = 300;
const MOODS = ['curious', 'calm', 'busy', 'tired of small talk', 'ready for the sea'];
const TASTES = [
  'walking',
  'old films',
  'climbing',
  'slow food',
  'chess',
  'the north',
  'jazz',
  'swimming',
  'maps',
  'bread',
];
const KINDS = ['New friends', 'Something casual', 'Long-term partner', 'Life partner'];
const FIRST = 1_700_000_000_000;

/** Degrees around the middle of a town, most of them near it. */
const around = (random: Random): number => (random.below(301) + random.below(301) - 300) / 1_000;

const citiesOf = (random: Random): City[] =>
  Array.from({ length: CITIES }, (_, n) => ({
    name: `Town ${n}`,
    lat: 36 + random.below(24_000) / 1_000,
    lon: -10 + random.below(40_000) / 1_000,
  }));

/** Few towns have most of the people: the lower of three numbers. */
const cityOf = (random: Random, cities: readonly City[]): City =>
  cities[Math.min(random.below(CITIES), random.below(CITIES), random.below(CITIES))]!;

function datingOf(random: Random, cities: readonly City[]): Dating {
  const { name, lat, lon } = cityOf(random, cities);
  return {
    age: 18 + random.below(50),
    gender: random.pick(['Male', 'Female']),
    interestedIn: random.pick(['Male', 'Female', 'Everyone']),
    mood: random.pick(MOODS),
    hobbies: random.sample(TASTES, 3).join(', '),
    typicalWeekend: random.sample(TASTES, 4).join(', '),
    relationshipPreference: random.sample(KINDS, 2),
    photoUrl: 'https://media.example.com/photo.webp',
    preferences: { age: { min: 20 + random.below(10), max: 40 + random.below(20) } },
    location: { city: name, lat: lat + around(random), lon: lon + around(random) },
  };
}

/** `count` people with dating profiles, the same at each run, `chunk` at a time. */
export function* people(count: number, chunk: number): Generator<DatingDocument[]> {
  const random = seeded('dating bench');
  const cities = citiesOf(random);
  for (let from = 0; from < count; from += chunk)
    yield Array.from({ length: Math.min(chunk, count - from) }, (_, n) => {
      const at = from + n;
      const _id = new ObjectId();
      const username = nameOf(at);
      return {
        _id,
        userId: `u_${FIRST + at}_00000000`,
        username,
        usernameLower: username,
        names: [username],
        createdAt: FIRST + at,
        updatedAt: FIRST + at,
        rev: 1,
        hasDatingProfile: true,
        datingProfileCreatedAt: FIRST + at,
        ...writeDating(datingOf(random, cities), String(_id)),
      };
    });
}

/** The name of one of them. */
export const nameOf = (n: number): string => `person${n}`;
