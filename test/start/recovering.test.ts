import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataFolder } from '#tools/mongod/data-folder.ts';
import { identify, isAlive } from '#tools/mongod/process-id.ts';
import { cleanUp, dataDir, post, send, start, texts } from '#test/start/programs.ts';

// Each starts programs and servers: seconds on an idle machine, more on a busy one.
jest.setTimeout(120_000);

afterEach(cleanUp);

/** A connection that goes out may have the port for a moment. */
async function listenWhenFree(server: Server, port: number): Promise<void> {
  for (;;)
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await sleep(10);
    }
}

describe('npm start', () => {
  it('goes on with the mongod that a killed parent left behind', async () => {
    const folder = dataDir();
    const first = await start(folder);
    await post(first, 'lobby', 'before the kill');
    const left = folder.mongodPid();
    first.kill('SIGKILL');
    await first.exited;

    const second = await start(folder);
    expect(folder.mongodPid()).toBe(left);
    expect(await texts(second, 'lobby')).toEqual(['before the kill']);
  });

  it('starts a new mongod when the one left behind is frozen', async () => {
    const folder = dataDir();
    const first = await start(folder);
    await post(first, 'lobby', 'before the freeze');
    const left = identify(folder.mongodPid())!;
    first.kill('SIGKILL');
    await first.exited;
    process.kill(left.pid, 'SIGSTOP');

    const second = await start(folder);
    expect(isAlive(left)).toBe(false);
    expect(await texts(second, 'lobby')).toEqual(['before the freeze']);
  });

  it('finds its data after everything was killed, on another port when the old one is taken', async () => {
    const folder = dataDir();
    const first = await start(folder);
    await post(first, 'lobby', 'before the crash');
    first.kill('SIGKILL');
    await first.exited;
    const notes = new DataFolder(folder.path).notes!;
    process.kill(notes.pid, 'SIGKILL');
    while (isAlive(notes)) await sleep(10);
    // It hangs up on what it does not understand, as most servers do.
    const squatter = createServer((socket) => socket.once('data', () => socket.destroy()));
    await listenWhenFree(squatter, notes.port);
    try {
      const second = await start(folder);
      expect(new DataFolder(folder.path).notes!.port).not.toBe(notes.port);
      expect(await texts(second, 'lobby')).toEqual(['before the crash']);
    } finally {
      squatter.close();
    }
  });

  it('starts its mongod again when that dies, and answers again', async () => {
    const folder = dataDir();
    const program = await start(folder);
    await post(program, 'lobby', 'before');
    const killed = folder.mongodPid();
    process.kill(killed, 'SIGKILL');

    let status = 0;
    while (status !== 200) status = (await send(program, '/messages/lobby', { username: 'Ada', text: 'after' })).status;
    expect(folder.mongodPid()).not.toBe(killed);
    expect((await texts(program, 'lobby')).filter((text) => text === 'before')).toHaveLength(1);
    expect(program.output().stdout).toContain('has died; it is started again');
  });
});
