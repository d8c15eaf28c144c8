import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { startProgram, type RunningProgram } from '#test/support/program.ts';

const JWT_SECRET = 'a-secret-of-the-tokens-0123456789';
const KEY = 'a-key-of-the-socket-server-0123456789';
const PASSWORD = 'Correct-Horse-1';
const WRONG = 'Wrong-Horse-1';

let database: TestDatabase;
let program: RunningProgram;
beforeAll(async () => {
  database = await testDatabase();
  program = await startProgram({
    env: {
      MONGO_URI: database.uri,
      MONGO_DB_NAME: database.name,
      // Everything that could be logged is.
      LOG_LEVEL: 'trace',
      LOG_FORMAT: 'json',
      SLOW_REQUEST_MS: '1',
      JWT_SECRET,
      SERVICE_KEYS: `socket:${KEY}`,
    },
  });
}, 60_000);
afterAll(async () => {
  program.kill('SIGTERM');
  await program.exited;
  await database.drop();
});

async function ask(method: string, path: string, body?: object, authorization?: string) {
  const answer = await fetch(`${program.url}/api${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as { token: string } };
}

describe('the log', () => {
  it('tells of requests, and no password, token, secret or hash, whatever happens', async () => {
    const credentials = { username: 'Ann-of-the-log', password: PASSWORD };
    const { body } = await ask('POST', '/auth/signup', credentials);
    const tokens = [body.token, (await ask('POST', '/auth/login', credentials)).body.token];
    await ask('POST', '/auth/signup', credentials);
    await ask('POST', '/auth/login', { ...credentials, password: WRONG });
    await ask('POST', '/auth/login', { ...credentials, password: [PASSWORD] });
    await ask('PATCH', '/profiles/me', { avatarUrl: '' }, `Bearer ${tokens[0]}`);
    await ask('PATCH', '/profiles/me', { friends: 5 }, `Bearer ${tokens[0]}`);
    await ask('GET', '/profiles/me', undefined, `Bearer ${tokens[1]}x`);
    await ask('POST', '/groups', { name: 'By the socket server' }, `Bearer ${KEY}`);
    await ask('GET', `/dm/threads?user=ann`, undefined, `Basic ${Buffer.from(`socket:${KEY}`).toString('base64')}`);
    const account = await database.db.collection('profiles').findOne({ usernameLower: 'ann-of-the-log' });
    const hash = String(account?.passwordHash);
    expect(hash).toMatch(/^\$argon2id\$/);

    const { stdout, stderr } = program.output();
    const log = stdout + stderr;
    // Each was slow enough to be told of.
    expect(log).toContain('/api/auth/login');
    for (const token of tokens) expect(log).not.toContain(token.split('.')[2]);
    for (const secret of [PASSWORD, WRONG, JWT_SECRET, KEY, hash, hash.split('$')[5]!])
      expect(log).not.toContain(secret);
    expect(log).not.toMatch(/Bearer |Basic /);
  });
});
