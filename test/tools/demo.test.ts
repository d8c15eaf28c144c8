import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Db } from 'mongodb';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { startProgram, type RunningProgram } from '#test/support/program.ts';

const DEMO = resolve(import.meta.dirname, '../../tools/demo/demo.ts');

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the demo; `interruptWhen` sends it SIGINT as soon as its stderr has that. */
function demo(args: string[], interruptWhen?: string): Promise<Run> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [DEMO, ...args], (_error, stdout, stderr) => {
      done({ code: child.exitCode, stdout, stderr });
    });
    let said = '';
    child.stderr!.on('data', (chunk: string) => {
      said += chunk;
      if (interruptWhen && said.includes(interruptWhen)) child.kill('SIGINT');
    });
  });
}

/** Everything that a repeated run could add twice or take back. */
async function counts(db: Db) {
  const [messages, dms, groups, members] = await Promise.all(
    ['group_messages', 'dm_messages', 'groups', 'group_members'].map((name) => db.collection(name).countDocuments()),
  );
  const all = [
    ...(await db.collection('group_messages').find().toArray()),
    ...(await db.collection('dm_messages').find().toArray()),
  ];
  return {
    messages,
    dms,
    groups,
    members,
    reactions: all.reduce((sum, one) => sum + (one.reactions as unknown[]).length, 0),
    edits: all.reduce((sum, one) => sum + (one.edits as unknown[]).length, 0),
    deleted: all.filter((one) => one.deleted).length,
    replies: all.filter((one) => one.replyTo !== null).length,
    colours: all.map((one) => one.bubbleColor as string).sort(),
  };
}

const SMALL = ['--groups', '4', '--users', '10', '--messages', '250'];

describe('npm run demo', () => {
  let database: TestDatabase;
  let program: RunningProgram;
  let url: string;

  beforeAll(async () => {
    database = await testDatabase();
    program = await startProgram({ env: { MONGO_URI: database.uri, MONGO_DB_NAME: database.name } });
    url = `${program.url}/api`;
  });

  afterAll(async () => {
    program.kill('SIGTERM');
    await program.exited;
    await database.drop();
  });

  it('is finished by a second run after an interruption, and adds nothing with a third one', async () => {
    const first = await demo(['--url', url, ...SMALL], 'members: ');
    expect(first.code).toBe(130);
    expect(first.stderr).toContain('Run it again');

    const second = await demo(['--url', url, ...SMALL]);
    expect(second.stderr).not.toContain('Error');
    expect(second.code).toBe(0);
    expect(second.stdout).toContain(`${url}/messages/demo-rainy-day-club/latest?count=20`);
    const stored = await counts(database.db);
    expect(stored.messages! + stored.dms!).toBe(250);
    expect(stored.groups).toBe(4);
    for (const kind of ['members', 'dms', 'reactions', 'edits', 'deleted', 'replies'] as const)
      expect(stored[kind]).toBeGreaterThan(0);

    const third = await demo(['--url', url, ...SMALL]);
    expect(third.code).toBe(0);
    expect(third.stdout).toContain('New: 0 groups, 0 messages, 0 reactions, 0 edits, 0 deletions, 0 colours.');
    expect(await counts(database.db)).toEqual(stored);
  });

  it('goes on with a larger number where a smaller one ended', async () => {
    await demo(['--url', url, ...SMALL]);
    const before = await counts(database.db);
    const { code, stdout } = await demo(['--url', url, ...SMALL.slice(0, -1), '260']);
    expect(code).toBe(0);
    expect(stdout).toContain('New: 0 groups, 10 messages');
    const after = await counts(database.db);
    expect(after.messages! + after.dms!).toBe(before.messages! + before.dms! + 10);
  });

  it('says in one line when nothing answers, or something else does', async () => {
    const other = createServer((_req, res) => res.end('hello'));
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const wrong = await demo(['--url', address]);
    await new Promise((closed) => other.close(closed));
    const unreachable = await demo(['--url', address]);

    expect(wrong).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^http:.*answers, but not as this API/),
    });
    expect(unreachable).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^http:.*cannot be reached/) });
    for (const { stderr } of [wrong, unreachable]) expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('refuses a number that makes no sample', async () => {
    const { code, stderr } = await demo(['--url', url, '--users', '0']);
    expect(code).toBe(1);
    expect(stderr).toBe('--users 0: must be a whole number from 4 to 400\n');
  });
});
