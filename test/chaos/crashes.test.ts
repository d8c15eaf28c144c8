import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessId } from '#tools/mongod/process-id.ts';
import { problemsOfPosts, problemsOfRepeat } from '#test/chaos/posts-audit.ts';
import { Posts } from '#test/chaos/posts.ts';
import { storageOf } from '#test/chaos/storage.ts';
import { hangUp } from '#test/http/support/http.ts';
import { startProgram, testDataDir, type RunningProgram, type TestDataDir } from '#test/support/program.ts';

// Programs and servers are started again: seconds on an idle machine, more on a busy one.
jest.setTimeout(120_000);

const CLIENTS = 60;
const COUNT = 2_000;
const IN_THE_MIDDLE = 700;

describe('kill -9 in the middle of 2,000 posts (P1, P7, P8)', () => {
  let folder: TestDataDir;
  let program: RunningProgram;
  const start = () => startProgram({ env: { DATA_DIR: folder.path } });

  beforeAll(async () => {
    folder = testDataDir();
    program = await start();
  });

  afterAll(async () => {
    program.kill('SIGKILL');
    await program.exited;
    hangUp();
    await folder.remove();
  });

  const mongod = (): ProcessId => identify(folder.mongodPid())!;

  async function killProgram(): Promise<void> {
    program.kill('SIGKILL');
    await program.exited;
  }

  async function killMongod(): Promise<void> {
    const victim = mongod();
    process.kill(victim.pid, 'SIGKILL');
    while (isAlive(victim)) await sleep(5);
  }

  /** Posts, has the crash happen in the middle, posts on, repeats every key; answers all that is wrong. */
  async function crash(name: string, happen: () => Promise<void>): Promise<string[]> {
    const rooms = [`${name}-0`, `${name}-1`, `${name}-2`, `dm:ada|${name}`];
    const posts = new Posts(program.url, name, rooms);
    const load = posts.run(CLIENTS, (begun) => begun >= COUNT);
    await posts.answered(IN_THE_MIDDLE);
    const resume = posts.pause();
    await happen();
    posts.url = program.url;
    resume();
    await load;
    expect(posts.done.filter(({ answer }) => answer.status === 200).length).toBeGreaterThan(COUNT / 2);

    const first = await storageOf(folder.path, rooms);
    const problems = [...first.problems, ...problemsOfPosts(posts.done, first.messages)];
    const keyed = posts.done.filter(({ key }) => key);
    const repeats = keyed.values();
    const repeat = async () => {
      for (const post of repeats) problems.push(...problemsOfRepeat(post, await posts.repeat(post)));
    };
    await Promise.all(Array.from({ length: CLIENTS }, repeat));

    const second = await storageOf(folder.path, rooms);
    const texts = new Set(second.messages.map(({ text }) => text));
    for (const { text } of keyed) if (!texts.has(text)) problems.push(`repeated and not stored: ${text}`);
    return [
      ...problems,
      ...second.problems,
      ...problemsOfPosts(
        posts.done.filter(({ key }) => !key),
        second.messages,
      ),
    ];
  }

  it('of the program: the mongod that it left behind is used again', async () => {
    const before = mongod();
    const problems = await crash('program', async () => {
      await killProgram();
      program = await start();
    });
    expect(problems).toEqual([]);
    expect(mongod()).toEqual(before);
  });

  it('of mongod: the program starts it again, and meanwhile says 503 or succeeds', async () => {
    const before = program.pid;
    expect(await crash('mongod', killMongod)).toEqual([]);
    expect(program.pid).toBe(before);
  });

  it('of both at once', async () => {
    const problems = await crash('both', async () => {
      await Promise.all([killProgram(), killMongod()]);
      program = await start();
    });
    expect(problems).toEqual([]);
  });
});
