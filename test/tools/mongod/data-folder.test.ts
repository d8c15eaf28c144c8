import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder } from '#tools/mongod/data-folder.ts';
import { identify, isAlive } from '#tools/mongod/process-id.ts';

const paths: string[] = [];

afterEach(() => {
  for (const path of paths.splice(0)) rmSync(path, { recursive: true, force: true });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'truematch-folder-'));
  paths.push(path);
  return path;
}

describe('a data folder', () => {
  it('can be claimed again once it was released', async () => {
    const data = new DataFolder(folder());
    await data.claim();
    data.release();
    await expect(data.claim()).resolves.toBeUndefined();
    data.release();
  });

  it('is refused while another process owns it, and free once that was killed', async () => {
    const path = folder();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    writeFileSync(join(path, 'owner.json'), JSON.stringify(identify(other.pid!)));
    const data = new DataFolder(path);
    await expect(data.claim()).rejects.toThrow(`is in use by another running program (pid ${other.pid})`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    await expect(data.claim()).resolves.toBeUndefined();
    data.release();
  });

  it('is free when the pid of its dead owner belongs to another process now', async () => {
    const path = folder();
    writeFileSync(join(path, 'owner.json'), JSON.stringify({ pid: process.ppid, started: 'long ago' }));
    const data = new DataFolder(path);
    await expect(data.claim()).resolves.toBeUndefined();
    data.release();
  });

  it('is free when its owner file was cut off by a crash', async () => {
    const path = folder();
    writeFileSync(join(path, 'owner.json'), '{"pid":12');
    const data = new DataFolder(path);
    await expect(data.claim()).resolves.toBeUndefined();
    data.release();
  });
});

describe('a process id', () => {
  it('names a process for good, not whoever has its pid later', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const id = identify(child.pid!)!;
    expect(isAlive(id)).toBe(true);
    expect(isAlive({ ...id, started: `${id.started}0` })).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(id)).toBe(false);
    expect(identify(child.pid!)).toBeUndefined();
  });
});
