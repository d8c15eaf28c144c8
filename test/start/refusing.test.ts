import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findMongod } from '#tools/mongod/find.ts';
import { accepts, freePort } from '#tools/mongod/port.ts';
import { testMongoUri } from '#test/support/database.ts';
import { spawnProgram } from '#test/support/program.ts';

// Each starts programs and servers: seconds on an idle machine, more on a busy one.
jest.setTimeout(120_000);

/** Runs the program, which must refuse: exit code 1 and one line on stderr, which is answered. */
async function refusal(env: Record<string, string>): Promise<string> {
  const program = spawnProgram({ MONGO_URI: testMongoUri(), ...env });
  expect(await program.exited).toEqual({ code: 1, signal: null });
  const { stdout, stderr } = program.output();
  expect(stdout).not.toContain('is ready');
  expect(stderr).toMatch(/^truematch: [^\n]+\n$/);
  expect(stderr).not.toMatch(/\bat \S+:\d+:\d+/);
  return stderr;
}

let folder: string;
let taken: Server;
let single: ChildProcess;
let singlePort: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'truematch-refusing-'));
  taken = createServer().listen(0, '127.0.0.1');
  const { path } = await findMongod({ mongodBin: process.env.MONGOD_BIN ?? '' });
  singlePort = await freePort();
  const dbpath = join(folder, 'single');
  mkdirSync(dbpath);
  single = spawn(path, [`--dbpath=${dbpath}`, `--port=${singlePort}`, '--bind_ip=127.0.0.1', '--nounixsocket'], {
    stdio: 'ignore',
  });
  while (!(await accepts(singlePort))) await sleep(20);
});

afterAll(() => {
  taken.close();
  single.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start refuses, in one line that names the variable', () => {
  it.each([
    ['PORT', 'eighty'],
    ['MONGO_URI', 'localhost'],
    ['CORS_ORIGINS', '*'],
    ['MONGO_SERVER_SELECTION_TIMEOUT_MS', '60000'],
  ])('%s=%s', async (name, value) => {
    expect(await refusal({ [name]: value })).toContain(`${name}="${value}": must`);
  });

  it('a port in use', async () => {
    const { port } = taken.address() as AddressInfo;
    expect(await refusal({ PORT: String(port) })).toBe(`truematch: PORT=${port}: is in use by another program\n`);
  });

  it('a host that is not of this machine', async () => {
    expect(await refusal({ HOST: '192.0.2.1' })).toContain('HOST=192.0.2.1: is not an address of this machine');
  });

  it('a MONGO_URI where nothing answers', async () => {
    const port = await freePort();
    const uri = `mongodb://someone:secret@127.0.0.1:${port}/?replicaSet=rs0`;
    const said = await refusal({ MONGO_URI: uri, MONGO_SERVER_SELECTION_TIMEOUT_MS: '300' });
    expect(said).toContain(`MONGO_URI: no MongoDB server answers at 127.0.0.1:${port}`);
    expect(said).not.toContain('secret');
  });

  it('a MONGO_URI of a mongod that is no replica set', async () => {
    const uri = `mongodb://127.0.0.1:${singlePort}/`;
    expect(await refusal({ MONGO_URI: uri })).toContain(
      'MONGO_URI: the server is a single mongod; a MongoDB replica set',
    );
    const named = await refusal({ MONGO_URI: `${uri}?replicaSet=rs0`, MONGO_SERVER_SELECTION_TIMEOUT_MS: '300' });
    expect(named).toContain('MONGO_URI: the server is not a member of the replica set rs0');
  });

  it('a MONGO_URI that the driver cannot read', async () => {
    expect(await refusal({ MONGO_URI: 'mongodb://a:b:c@d/?nonsense=1' })).toContain('MONGO_URI');
  });

  it('a DATA_DIR that cannot be made', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await refusal({ MONGO_URI: '', DATA_DIR: join(file, 'data') })).toContain(
      `DATA_DIR=${file}/data: cannot be`,
    );
  });

  it('a MONGOD_BIN that does not run', async () => {
    const broken = join(folder, 'mongod');
    writeFileSync(broken, '#!/bin/sh\necho "error while loading shared libraries: libx" >&2\nexit 127\n');
    chmodSync(broken, 0o755);
    const said = await refusal({ MONGO_URI: '', DATA_DIR: join(folder, 'a'), MONGOD_BIN: broken });
    expect(said).toContain(`MONGOD_BIN=${broken}: does not run: error while loading shared libraries: libx`);
  });

  it('data that another series of MongoDB wrote', async () => {
    const data = join(folder, 'older');
    mkdirSync(data);
    writeFileSync(
      join(data, 'mongod.json'),
      JSON.stringify({ pid: 0, started: '', port: 0, version: '4.4.1', from: '' }),
    );
    const said = await refusal({ MONGO_URI: '', DATA_DIR: data });
    expect(said).toContain(`DATA_DIR=${data}: the data was written by MongoDB 4.4`);
  });
});
