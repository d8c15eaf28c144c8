import type { Contestant } from '#tools/bench/contestants/contestant.ts';
import { ACCOUNT, HOT_ROOM, messageBody, ROOMS, THREADS_USER } from '#tools/bench/data.ts';
import { request } from '#tools/bench/load/load.ts';
import { seeded } from '#tools/demo/random.ts';

/** What is measured, of whom. */
export interface Scenario {
  id:
    | 'hot'
    | 'rooms'
    | 'unchanged'
    | 'gzip'
    | 'page'
    | 'changes'
    | 'threads'
    | 'groups'
    | 'post'
    | 'post-hot'
    | 'mixed'
    | 'mixed-hot'
    | 'upload'
    | 'sign-in'
    | 'cold'
    | 'cold-readmodel';
  name: string;
  /** Who takes part, and the requests that each gets. */
  requests: Partial<Record<Contestant['name'], string[]>>;
  expected: number;
}

export const CLIENTS = 32;
/** Paths of the bare server. */
export const BARE = { latest: '/latest', unchanged: '/unchanged' };

export const latestPath = (room: string) => `/api/messages/${room}/latest?count=100`;

export const latest = (room: string, headers: Record<string, string> = {}) =>
  request('GET', latestPath(room), { headers });

const post = (room: string, n: number) =>
  request('POST', `/api/messages/${room}`, { body: messageBody('post', room, n) });

const times = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));

/** `etag`: the hot room's, which nobody writes to before it is used; `uploads`: requests that each send another picture. */
export function scenarios(etag: string, uploads: string[]): Scenario[] {
  const hot = [latest(HOT_ROOM)];
  const rooms = ROOMS.map((room) => latest(room));
  const posts = times(5, (n) => ROOMS.map((room) => post(room, n))).flat();
  const hotPosts = times(200, (n) => post(HOT_ROOM, n));
  const bareLatest = [request('GET', BARE.latest)];
  const unchanged = [latest(HOT_ROOM, { 'If-None-Match': etag })];
  const shuffle = seeded('mixed');
  const mixed = shuffle.sample([...times(9, () => rooms).flat(), ...posts.slice(0, ROOMS.length)], ROOMS.length * 10);
  const mixedHot = shuffle.sample([...times(hotPosts.length * 9, () => hot[0]!), ...hotPosts], hotPosts.length * 10);
  return [
    {
      id: 'hot',
      name: 'latest(100), one room',
      requests: { ours: hot, cluster: hot, bare: bareLatest, fastify: bareLatest, express: hot },
      expected: 200,
    },
    {
      id: 'rooms',
      name: 'latest(100), 1,000 rooms',
      requests: { ours: rooms, cluster: rooms, express: rooms },
      expected: 200,
    },
    {
      id: 'unchanged',
      name: 'latest(100), If-None-Match: 304',
      requests: { ours: unchanged, cluster: unchanged, bare: [request('GET', BARE.unchanged)] },
      expected: 304,
    },
    {
      id: 'gzip',
      name: 'latest(100), one room, gzip',
      requests: { ours: [latest(HOT_ROOM, { 'Accept-Encoding': 'gzip' })] },
      expected: 200,
    },
    {
      id: 'page',
      name: 'page of 50, before a seq, 1,000 rooms',
      requests: { ours: ROOMS.map((room) => request('GET', `/api/messages/${room}/page?beforeSeq=90&limit=50`)) },
      expected: 200,
    },
    {
      id: 'changes',
      name: 'changes of one room from the start, 50',
      requests: { ours: [request('GET', `/api/messages/${HOT_ROOM}/changes?since=0&limit=50`)] },
      expected: 200,
    },
    {
      id: 'threads',
      name: 'DM threads of a user with 60',
      requests: { ours: [request('GET', `/api/dm/threads?user=${THREADS_USER}`)] },
      expected: 200,
    },
    { id: 'groups', name: 'list of 50 groups', requests: { ours: [request('GET', '/api/groups')] }, expected: 200 },
    {
      id: 'post',
      name: 'POST, 1,000 rooms',
      requests: { ours: posts, cluster: posts, express: posts, 'group-commit': posts },
      expected: 200,
    },
    {
      id: 'post-hot',
      name: 'POST, one room',
      requests: { ours: hotPosts, cluster: hotPosts, express: hotPosts, 'group-commit': hotPosts },
      expected: 200,
    },
    {
      id: 'mixed',
      name: '9 latest(100) : 1 POST, 1,000 rooms',
      requests: { ours: mixed, cluster: mixed, express: mixed },
      expected: 200,
    },
    {
      id: 'mixed-hot',
      name: '9 latest(100) : 1 POST, one room',
      requests: { ours: mixedHot, cluster: mixedHot, express: mixedHot },
      expected: 200,
    },
    {
      id: 'upload',
      name: 'upload of a picture, 100 kB',
      requests: { ours: uploads, cluster: uploads },
      expected: 200,
    },
    {
      id: 'sign-in',
      name: 'sign in (argon2id)',
      requests: { ours: [request('POST', '/api/auth/login', { body: ACCOUNT })] },
      expected: 200,
    },
  ];
}
