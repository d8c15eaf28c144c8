import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemsOfPosts } from '#test/chaos/posts-audit.ts';
import { Posts } from '#test/chaos/posts.ts';
import { storageOf } from '#test/chaos/storage.ts';
import { hangUp } from '#test/http/support/http.ts';
import { startProgram, testDataDir, type RunningProgram, type TestDataDir } from '#test/support/program.ts';

// Programs and servers are started again: seconds on an idle machine, more on a busy one.
jest.setTimeout(120_000);

/** Twice what stopping may take. */
const GUARD_MS = 10_000;
const ROOMS = ['stopping-0', 'stopping-1', 'dm:ada|stopping'];

describe('SIGTERM in the middle of posts', () => {
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

  it('answers all that is under way, ends with 0 in time, and loses nothing acknowledged', async () => {
    const posts = new Posts(program.url, 'stopping', ROOMS);
    let stopped = false;
    const load = posts.run(30, () => stopped);
    await posts.answered(300);
    const underWay = posts.underWay;
    program.kill('SIGTERM');
    const exit = await Promise.race([program.exited, sleep(GUARD_MS, 'still running', { ref: false })]);
    stopped = true;
    await load;
    expect(exit).toEqual({ code: 0, signal: null });

    program = await start();
    const { messages, problems } = await storageOf(folder.path, ROOMS);
    expect([...problems, ...problemsOfPosts(posts.done, messages)]).toEqual([]);
    // Those on their way when the signal came, and those before, were told something.
    const told = posts.done.filter(({ answer }) => answer.status !== 0);
    expect(told.length).toBeGreaterThanOrEqual(300 + underWay);
  });
});
