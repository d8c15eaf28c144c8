import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Tokens } from '#shared/tokens.ts';
import { Stage } from '#test/services/api-gateway/stage.ts';

const SECRET = 's'.repeat(32);
const KEY = 'k'.repeat(32);
const stages = {
  open: new Stage({ JWT_SECRET: SECRET, SERVICE_KEYS: `socket:${KEY}` }),
  strict: new Stage({ JWT_SECRET: SECRET, SERVICE_KEYS: `socket:${KEY}`, AUTH_MODE: 'strict' }),
};
let token: string;
beforeAll(async () => {
  token = await new Tokens(async () => [SECRET]).sign({ userId: 'u_1', username: 'alice' }, 60);
  await Promise.all(Object.values(stages).map((stage) => stage.start()));
});
afterAll(() => Promise.all(Object.values(stages).map((stage) => stage.stop())));
beforeEach(() => Object.values(stages).forEach((stage) => stage.reset()));

describe('who looks at dating profiles', () => {
  it.each<['open' | 'strict', string, string, object]>([
    ['open', 'nobody', 'viewer=bob', { viewer: 'bob', known: true }],
    ['strict', 'nobody', 'viewer=bob', { viewer: 'bob', known: false }],
    ['open', 'alice', 'viewer=bob', { viewer: 'alice', known: true }],
    ['strict', 'alice', '', { viewer: 'alice', known: true }],
    ['strict', 'socket', 'viewer=bob', { viewer: 'bob', known: true }],
    ['strict', 'alice', 'viewer=bob&known=false', { viewer: 'alice', known: true }],
    ['strict', 'nobody', 'viewer=bob&known=true', { viewer: 'bob', known: false }],
  ])('%s: by %s with %s', async (mode, by, query, expected) => {
    const credentials = { nobody: undefined, alice: token, socket: KEY }[by];
    const headers: Record<string, string> = credentials ? { authorization: `Bearer ${credentials}` } : {};
    const stage = stages[mode];
    for (const [path, action] of [
      ['/api/dating/profiles', 'profiles.datingList'],
      ['/api/dating/profiles/batch', 'profiles.datingBatch'],
    ] as const) {
      expect((await stage.get(`${path}?${query}`, headers)).status).toBe(200);
      expect(stage.callsOf(action).at(-1)).toMatchObject(expected);
    }
  });
});
