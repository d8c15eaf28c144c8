import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEADLINES } from '#shared/deadline.ts';
import { problemsOfPosts } from '#test/chaos/posts-audit.ts';
import { Posts } from '#test/chaos/posts.ts';
import { storageOf } from '#test/chaos/storage.ts';
import { hangUp, send } from '#test/http/support/http.ts';
import { startProgram, testDataDir, type RunningProgram, type TestDataDir } from '#test/support/program.ts';

// A program is started, and its database is silent for a while: more on a busy machine.
jest.setTimeout(120_000);

const SILENT_MS = 8_000;
/** What a loaded machine may add to a deadline. */
const MARGIN_MS = 5_000;
const ROOMS = ['silent-0', 'silent-1', 'dm:ada|silent'];

describe('a mongod that is frozen for 8 s under load', () => {
  let folder: TestDataDir;
  let program: RunningProgram;

  beforeAll(async () => {
    folder = testDataDir();
    program = await startProgram({ env: { DATA_DIR: folder.path } });
  });

  afterAll(async () => {
    program.kill('SIGKILL');
    await program.exited;
    hangUp();
    await folder.remove();
  });

  /** Keeps reading until `done`; answers the statuses seen, and `hangs` for a read beyond its deadline. */
  async function read(path: string, done: () => boolean): Promise<Set<number | 'hangs'>> {
    const seen = new Set<number | 'hangs'>();
    while (!done()) {
      const late = sleep(DEADLINES.gateway + MARGIN_MS, 'hangs' as const, { ref: false });
      const answer = send(program.url, { method: 'GET', path }).then(({ status }) => status);
      seen.add(await Promise.race([answer, late]));
      await sleep(20);
    }
    return seen;
  }

  it('costs 503 and 504 while it lasts, within the deadlines; then all goes on, and nothing acknowledged is lost', async () => {
    const posts = new Posts(program.url, 'silent', ROOMS);
    let over = false;
    const load = posts.run(16, () => over);
    await posts.answered(100);
    const reads = ROOMS.map((room) => read(`/api/messages/${encodeURIComponent(room)}/latest?count=5`, () => over));
    process.kill(folder.mongodPid(), 'SIGSTOP');
    await sleep(SILENT_MS);
    process.kill(folder.mongodPid(), 'SIGCONT');
    const before = posts.done.length;
    await posts.answered(before + 200);
    over = true;
    await load;

    const statuses = new Set((await Promise.all(reads)).flatMap((seen) => [...seen]));
    expect([...statuses].filter((status) => status !== 200)).not.toEqual([]);
    expect([...statuses].filter((status) => ![200, 503, 504].includes(Number(status)))).toEqual([]);
    expect(posts.done.slice(-50).map(({ answer }) => answer.status)).toEqual(Array(50).fill(200));
    // Neither without an answer (-1) nor without a connection (0).
    expect(posts.done.filter(({ answer }) => answer.status <= 0)).toEqual([]);
    const { messages, problems } = await storageOf(folder.path, ROOMS);
    expect([...problems, ...problemsOfPosts(posts.done, messages)]).toEqual([]);
  });
});
