import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataFolder } from '#tools/mongod/data-folder.ts';
import { identify, isAlive } from '#tools/mongod/process-id.ts';
import {
  spawnProgram,
  startProgram,
  testDataDir,
  type RunningProgram,
  type TestDataDir,
} from '#test/support/program.ts';

// Each starts programs and servers: seconds on an idle machine, more on a busy one.
jest.setTimeout(120_000);

const folders: TestDataDir[] = [];
const programs: RunningProgram[] = [];

afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.kill('SIGKILL');
    await program.exited;
  }
  for (const folder of folders.splice(0)) await folder.remove();
});

function dataDir(): TestDataDir {
  const folder = testDataDir();
  folders.push(folder);
  return folder;
}

async function start(folder: TestDataDir): Promise<RunningProgram> {
  const program = await startProgram({ env: { DATA_DIR: folder.path } });
  programs.push(program);
  return program;
}

const send = (program: RunningProgram, path: string, body: object) =>
  fetch(`${program.url}/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function texts(program: RunningProgram, room: string): Promise<string[]> {
  const answer = await fetch(`${program.url}/api/messages/${room}/latest`);
  return ((await answer.json()) as { text: string }[]).map((one) => one.text);
}

const post = async (program: RunningProgram, room: string, text: string) =>
  expect((await send(program, `/messages/${room}`, { username: 'Ada', text })).status).toBe(200);

describe('npm start', () => {
  it('tells in one block where it is, where its data is, where MongoDB came from and the mode', async () => {
    const folder = dataDir();
    const program = await start(folder);
    const { port } = new URL(program.url);
    expect(program.readyBlock.split('\n')).toEqual([
      'TrueMatch is ready',
      `  URL      http://127.0.0.1:${port}/api`,
      `  Docs     http://127.0.0.1:${port}/docs`,
      `  Data     ${folder.path}`,
      expect.stringMatching(/^ {2}MongoDB {2}\d+\.\d+\.\d+, \S/),
      '  Mode     one process, open: identities in requests are believed',
      '',
      '',
    ]);
    expect(
      program
        .output()
        .stderr.split('\n')
        .filter((line) => /\bat \S+:\d+/.test(line)),
    ).toEqual([]);
    expect((await fetch(`${program.url}/api/health/ready`)).status).toBe(200);
  });

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
    squatter.listen(notes.port, '127.0.0.1');
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

  it('leaves a folder to the program that uses it', async () => {
    const folder = dataDir();
    const program = await start(folder);
    const second = spawnProgram({ DATA_DIR: folder.path });
    second.ready.catch(() => undefined);
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.output().stderr).toBe(
      `truematch: DATA_DIR=${folder.path}: is in use by another running program (pid ${program.pid})\n`,
    );
    expect((await fetch(`${program.url}/api/health/ready`)).status).toBe(200);
  });
});
