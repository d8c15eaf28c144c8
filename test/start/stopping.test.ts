import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive } from '#tools/mongod/process-id.ts';
import { cleanUp, dataDir, post, send, start, texts } from '#test/start/programs.ts';

// Each starts programs and servers: seconds on an idle machine, more on a busy one.
jest.setTimeout(120_000);

afterEach(cleanUp);

describe('npm start', () => {
  it('stops with exit code 0 at SIGTERM, its mongod too, and finds its data again', async () => {
    const folder = dataDir();
    const first = await start(folder);
    await post(first, 'lobby', 'kept');
    const mongod = identify(folder.mongodPid())!;
    first.kill('SIGTERM');
    expect(await first.exited).toEqual({ code: 0, signal: null });
    expect(isAlive(mongod)).toBe(false);
    expect(existsSync(`${folder.path}/owner.json`)).toBe(false);

    expect(await texts(await start(folder), 'lobby')).toEqual(['kept']);
  });

  it('stops at SIGINT although connections are kept alive', async () => {
    const program = await start(dataDir());
    await texts(program, 'lobby');
    program.kill('SIGINT');
    expect(await program.exited).toEqual({ code: 0, signal: null });
  });

  it('answers a request under way before it stops', async () => {
    const program = await start(dataDir());
    await post(program, 'lobby', 'first');
    const { next } = (await (await fetch(`${program.url}/api/messages/lobby/changes`)).json()) as { next: string };
    const waiting = fetch(`${program.url}/api/messages/lobby/changes?wait=25&since=${encodeURIComponent(next)}`);
    await sleep(200);
    program.kill('SIGTERM');
    expect([200, 503]).toContain((await waiting).status);
    expect(await program.exited).toEqual({ code: 0, signal: null });
  });

  it('stops although its mongod is frozen, answers what is under way with 503, and leaves no mongod behind', async () => {
    const folder = dataDir();
    const program = await start(folder);
    await post(program, 'lobby', 'first');
    const mongod = identify(folder.mongodPid())!;
    process.kill(mongod.pid, 'SIGSTOP');
    const answer = send(program, '/messages/lobby', { username: 'Ada', text: 'stuck' });
    await sleep(300);
    program.kill('SIGTERM');
    expect((await answer).status).toBe(503);
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(isAlive(mongod)).toBe(false);
  });

  it('ends at once at the second Ctrl-C, and its mongod stops by itself', async () => {
    const folder = dataDir();
    const program = await start(folder);
    const mongod = identify(folder.mongodPid())!;
    process.kill(mongod.pid, 'SIGSTOP');
    const answer = send(program, '/messages/lobby', { username: 'Ada', text: 'stuck' }).catch(() => undefined);
    await sleep(200);
    program.kill('SIGINT');
    // Two within half a second are one key press.
    await sleep(700);
    program.kill('SIGINT');
    expect(await program.exited).toEqual({ code: 130, signal: null });
    await answer;
    process.kill(mongod.pid, 'SIGCONT');
    while (isAlive(mongod)) await sleep(10);
  });
});
