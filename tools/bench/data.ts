import { users } from '#tools/demo/cast.ts';
import { seeded } from '#tools/demo/random.ts';
import { sentences } from '#tools/demo/texts.ts';
import { request } from '#tools/bench/load/load.ts';

/** The data that all programs are measured on, as requests that put it in place. */

export const HOT_ROOM = 'bench-hot';
const ROOM_COUNT = 1_000;
const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${name}-${String(n).padStart(4, '0')}`);
export const ROOMS = numbered('bench', ROOM_COUNT);
/** Rooms that fresh programs are warmed up with, before the others are asked for the first time. */
export const WARM_UP_ROOMS = numbered('bench-warm-up', 100);
/** A room that is written to while it is read. */
export const CHANGING_ROOM = 'bench-changing';
/** The first rooms are groups too. */
const GROUPS = ROOMS.slice(0, 50);
const MEMBERS = 5;
const MESSAGES = 100;
const HOT_MESSAGES = 500;
/** A user with so many threads, of so many messages. */
const THREADS = 60;
const THREAD_MESSAGES = 3;

const USERS = users(THREADS + 1);
export const THREADS_USER = USERS[0]!.username;
/** Who signs in. */
export const ACCOUNT = { username: 'bench', password: 'A-long-1-enough' };

/** A message of some 90 characters, as people send it. */
export function messageBody(...seed: (string | number)[]) {
  const random = seeded(...seed);
  const { userId, username, avatar, bubbleColor } = random.pick(USERS);
  return { userId, username, avatar, bubbleColor, text: sentences(random, random.chance(0.2)) };
}

const times = (count: number) => Array.from({ length: count }, (_, n) => n);

const post = (path: string, body: unknown) => request('POST', path, { body });

/** Requests to our API; those of one list may be sent in any order. */
export function seedRequests(): string[][] {
  const groups = GROUPS.map((id) => ({ id, name: `Bench ${id}`, description: sentences(seeded(id), false) }));
  const rooms = [...ROOMS, ...WARM_UP_ROOMS, CHANGING_ROOM];
  const threads = times(THREADS).map((n) => `dm:${[THREADS_USER, USERS[n + 1]!.username].sort().join('|')}`);
  return [
    groups.map((one) => post('/api/groups', one)),
    [post('/api/auth/signup', ACCOUNT)],
    GROUPS.flatMap((id) =>
      times(MEMBERS).map((n) => post(`/api/groups/${id}/members`, { username: USERS[n]!.username, joinedAt: n })),
    ),
    [
      // Message by message over all rooms, as they come in life.
      ...times(MESSAGES).flatMap((n) => rooms.map((id) => post(`/api/messages/${id}`, messageBody(id, n)))),
      ...times(HOT_MESSAGES).map((n) => post(`/api/messages/${HOT_ROOM}`, messageBody(HOT_ROOM, n))),
      ...times(THREAD_MESSAGES).flatMap((n) =>
        threads.map((id) => post(`/api/dm/${encodeURIComponent(id)}/message`, messageBody(id, n))),
      ),
    ],
  ];
}
