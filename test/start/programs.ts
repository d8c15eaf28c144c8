import { expect } from '@jest/globals';
import { startProgram, testDataDir, type RunningProgram, type TestDataDir } from '#test/support/program.ts';

const folders: TestDataDir[] = [];
const programs: RunningProgram[] = [];

/** After each test: kills what it started, and removes its data. */
export async function cleanUp(): Promise<void> {
  for (const program of programs.splice(0)) {
    program.kill('SIGKILL');
    await program.exited;
  }
  for (const folder of folders.splice(0)) await folder.remove();
}

/** A fresh DATA_DIR, removed after the test. */
export function dataDir(): TestDataDir {
  const folder = testDataDir();
  folders.push(folder);
  return folder;
}

/** The program with a database of its own, killed after the test. */
export async function start(folder: TestDataDir): Promise<RunningProgram> {
  const program = await startProgram({ env: { DATA_DIR: folder.path } });
  programs.push(program);
  return program;
}

export function send(program: RunningProgram, path: string, body: object): Promise<Response> {
  return fetch(`${program.url}/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Posts a message that must be acknowledged. */
export async function post(program: RunningProgram, room: string, text: string): Promise<void> {
  expect((await send(program, `/messages/${room}`, { username: 'Ada', text })).status).toBe(200);
}

/** The texts of a room, oldest first. */
export async function texts(program: RunningProgram, room: string): Promise<string[]> {
  const answer = await fetch(`${program.url}/api/messages/${room}/latest`);
  return ((await answer.json()) as { text: string }[]).map((one) => one.text);
}
