import * as material from '#tools/demo/material.ts';
import { seeded, type Random } from '#tools/demo/random.ts';
import { description } from '#tools/demo/texts.ts';

/** Who and where: the users, groups and DMs of the sample. The first n are the same for every larger n. */
export interface User {
  userId: string;
  username: string;
  avatar: string;
  bubbleColor: string;
}

export interface Group {
  id: string;
  name: string;
  description: string;
  avatarUrl: string;
}

export interface Room {
  /** Group id or DM id. */
  id: string;
  group: Group | null;
  members: User[];
}

export const MOST_USERS = material.COLOURS_OF_NAMES.length * material.ANIMALS.length;
export const MOST_GROUPS = material.SUBJECTS.length * material.CIRCLES.length;

/** DMs that the first user takes part in, so that one thread list is worth looking at. */
const FIRST_USERS_THREADS = 12;
const MOST_MEMBERS = 20;

/** The n-th pair of two lists; walks both at once, so that the first pairs differ in both words. */
const pair = (first: readonly string[], second: readonly string[], n: number): [string, string] => {
  const row = n % first.length;
  return [first[row]!, second[(row + Math.floor(n / first.length)) % second.length]!];
};

export function users(count: number): User[] {
  return Array.from({ length: count }, (_, n) => {
    const username = pair(material.COLOURS_OF_NAMES, material.ANIMALS, n).join('-');
    return {
      userId: `demo-${username}`,
      username,
      avatar: `https://example.com/avatars/${username}.png`,
      bubbleColor: seeded('bubble', username).pick(material.BUBBLES),
    };
  });
}

const slug = (name: string) => name.toLowerCase().replaceAll(/[^a-z]+/g, '-');

function membersOf(all: readonly User[], random: Random): User[] {
  return random.sample(all, 4 + random.below(MOST_MEMBERS - 3));
}

export function groupRooms(count: number, all: readonly User[]): Room[] {
  return Array.from({ length: count }, (_, n) => {
    const name = pair(material.SUBJECTS, material.CIRCLES, n).join(' ');
    const id = `demo-${slug(name)}`;
    const random = seeded('group', id);
    const avatarUrl = `https://example.com/groups/${slug(name)}.png`;
    return { id, group: { id, name, description: description(random), avatarUrl }, members: membersOf(all, random) };
  });
}

/** A DM for every user: of the first user with the next ones, then of pairs among all. */
export function dmRooms(all: readonly User[]): Room[] {
  const rooms = new Map<string, Room>();
  for (let n = 0; n < all.length - 1; n++) {
    const members = n < FIRST_USERS_THREADS ? [all[0]!, all[n + 1]!] : seeded('dm', n, all.length).sample(all, 2);
    const id = `dm:${members
      .map((one) => one.username)
      .sort()
      .join('|')}`;
    rooms.set(id, { id, group: null, members });
  }
  return [...rooms.values()];
}
