import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testMongoUri } from '#test/support/database.ts';
import { startCluster, type TestCluster } from '#test/support/cluster.ts';
import { startNats } from '#test/support/nats-server.ts';
import { runTool } from '#test/support/tool.ts';
import { isAlive, type ProcessId } from '#tools/mongod/process-id.ts';
import { findNatsServer } from '#tools/servers/nats/find.ts';
import { serviceNames } from '#tools/cluster/service-names.ts';
import { lastClusterState } from '#tools/cluster/state.ts';

// Each cluster is half a dozen processes on two cores.
jest.setTimeout(180_000);

const post = (gateway: string, room: string, text: string) =>
  fetch(`${gateway}/api/messages/${room}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'Ada', text }),
  });

async function texts(gateway: string, room: string): Promise<string[]> {
  const answer = await fetch(`${gateway}/api/messages/${room}/latest`);
  return ((await answer.json()) as { text: string }[]).map((one) => one.text);
}

const idsOf = (cluster: TestCluster): ProcessId[] =>
  [...cluster.processes().map((one) => one.id), cluster.server('nats-server'), cluster.server('mongod')].filter(
    (one): one is ProcessId => !!one,
  );

const only = (instances: Record<string, number>): Record<string, number> => ({
  ...Object.fromEntries(serviceNames().map((name) => [name, 0])),
  ...instances,
});

describe('npm run cluster', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    // Else the first tool that needs it says that it is being fetched.
    await findNatsServer();
    cluster = await startCluster({ instances: { messages: 2, 'api-gateway': 2 } });
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it('runs a process of every service and as many as were asked for, each ready on a port of its own', async () => {
    const names = cluster.processes().map((one) => one.nodeId);
    const expected = serviceNames().flatMap((name) =>
      name === 'messages' || name === 'api-gateway' ? [`${name}-1`, `${name}-2`] : [`${name}-1`],
    );
    expect(names.toSorted()).toEqual(expected.toSorted());
    for (const { healthUrl } of cluster.processes())
      expect((await fetch(`${healthUrl}/health/ready`)).status).toBe(200);
    expect(new Set(cluster.processes().map((one) => one.healthUrl)).size).toBe(names.length);
  });

  it('shows through one gateway what was stored through the other', async () => {
    const [first, second] = cluster.gateways;
    expect((await post(first!, 'lobby', 'hello')).status).toBe(200);
    expect(await texts(second!, 'lobby')).toEqual(['hello']);
  });

  it('tells in one block where everything is, and names every line', () => {
    const { stdout } = cluster.output();
    const block = stdout.slice(stdout.indexOf('TrueMatch cluster is ready'));
    for (const url of cluster.gateways) expect(block).toContain(`${url}/api`);
    for (const text of [`${cluster.gateways[0]}/docs`, cluster.natsUrl, cluster.mongoUri, 'npm run repl'])
      expect(block).toContain(text);
    for (const { nodeId, healthUrl } of cluster.processes())
      expect(block).toMatch(new RegExp(`${nodeId} +${healthUrl} +pid \\d+`));
    const lines = stdout.slice(0, stdout.indexOf('TrueMatch cluster is ready')).trim().split('\n');
    expect(lines.filter((line) => !/^[a-z]+(-[a-z]+)*(-\d+)? *\| /.test(line))).toEqual([]);
  });

  it('starts a killed process again, says so, and serves', async () => {
    const before = cluster.process('messages', 1).id!;
    const after = await cluster.restart('messages', 1, 'SIGKILL');
    expect(after.id!.pid).not.toBe(before.pid);
    expect(after).toMatchObject({ nodeId: 'messages-1', restarts: 1 });
    expect(cluster.output().stdout).toMatch(/^messages-1 +\| ended \(SIGKILL\); it is started again in 0\.5 s$/m);
    expect((await post(cluster.gateways[1]!, 'lobby', 'still here')).status).toBe(200);
    expect(await texts(cluster.gateways[0]!, 'lobby')).toContain('still here');
  });

  it('starts its servers again when they die', async () => {
    const nats = cluster.server('nats-server')!;
    process.kill(nats.pid, 'SIGKILL');
    let status = 0;
    while (status !== 200 || !cluster.server('nats-server')) {
      await sleep(50);
      status = (await post(cluster.gateways[0]!, 'lobby', 'after nats')).status;
    }
    expect(cluster.server('nats-server')!.pid).not.toBe(nats.pid);
  });

  it('restarts a service, and runs more or fewer of it, when told from another terminal', async () => {
    const env = { DATA_DIR: cluster.dataDir };
    const before = cluster.process('groups', 1).id!;
    const restarted = await runTool('cluster', ['restart', 'groups'], tmpdir(), env);
    expect(restarted).toMatchObject({ code: 0, stderr: '' });
    expect(cluster.process('groups', 1).id!.pid).not.toBe(before.pid);

    expect(await runTool('cluster', ['scale', 'dm=2'], tmpdir(), env)).toMatchObject({ code: 0, stderr: '' });
    while (!cluster.processes().some((one) => one.nodeId === 'dm-2' && one.ready)) await sleep(50);
    const second = cluster.process('dm', 2).id!;
    await runTool('cluster', ['scale', 'dm=1'], tmpdir(), env);
    while (cluster.processes().some((one) => one.nodeId === 'dm-2')) await sleep(50);
    expect(isAlive(second)).toBe(false);
  });

  it('leaves a data folder to the cluster that uses it', async () => {
    expect(await runTool('cluster', [], tmpdir(), { PORT: '0', DATA_DIR: cluster.dataDir })).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `cluster: DATA_DIR=${cluster.dataDir}: a cluster runs there already (pid ${cluster.pid})\n`,
    });
  });

  it('ends with exit code 0 at SIGTERM, gateways first, and leaves nothing running', async () => {
    const ids = idsOf(cluster);
    const exit = await cluster.stop();
    expect(exit).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(ids.filter(isAlive)).toEqual([]);
    const stops = exit.stdout.split('\n').filter((line) => line.includes('| stopping'));
    expect(stops.at(-2)).toContain('api-gateway-1, api-gateway-2');
    expect(stops.at(-1)).toContain('groups-1, media-1, messages-1, messages-2');
    expect(existsSync(cluster.dataDir)).toBe(false);
  });
});

describe('npm run cluster, alone', () => {
  const clusters: TestCluster[] = [];
  const folders: string[] = [];

  afterEach(async () => {
    for (const cluster of clusters.splice(0)) await cluster.stop();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  const start = async (options: Parameters<typeof startCluster>[0]) => {
    const cluster = await startCluster(options);
    clusters.push(cluster);
    return cluster;
  };
  const folder = () => {
    const path = mkdtempSync(join(tmpdir(), 'truematch-cluster-data-'));
    folders.push(path);
    return path;
  };

  it('uses the servers that NATS_URL and MONGO_URI name, starts none, and leaves them running', async () => {
    const nats = await startNats();
    try {
      const env = { NATS_URL: nats.url, MONGO_URI: testMongoUri(), MONGO_DB_NAME: 'test_cluster_given' };
      const cluster = await start({ instances: only({ groups: 1 }), env });
      expect([cluster.natsUrl, cluster.mongoUri]).toEqual([nats.url, testMongoUri()]);
      expect([cluster.server('nats-server'), cluster.server('mongod')]).toEqual([undefined, undefined]);
      expect((await cluster.stop()).code).toBe(0);
      expect(nats.alive).toBe(true);
    } finally {
      await nats.stop();
    }
  });

  it('goes on after everything of it was left behind by a kill -9', async () => {
    const dataDir = folder();
    const first = await start({ instances: only({ messages: 1, 'api-gateway': 1 }), dataDir });
    expect((await post(first.gateways[0]!, 'lobby', 'before the kill')).status).toBe(200);
    const left = first.processes().map((one) => one.id!);
    const mongod = first.server('mongod')!;
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    clusters.length = 0;

    const second = await start({ instances: only({ messages: 1, 'api-gateway': 1 }), dataDir });
    expect(left.filter(isAlive)).toEqual([]);
    expect(second.server('mongod')).toMatchObject({ pid: mongod.pid });
    expect(await texts(second.gateways[0]!, 'lobby')).toEqual(['before the kill']);
  });

  it('ends at once at the second Ctrl-C', async () => {
    const cluster = await start({ instances: only({ messages: 1 }), dataDir: folder() });
    const ids = idsOf(cluster);
    cluster.kill('messages', 1, 'SIGSTOP');
    process.kill(cluster.pid, 'SIGINT');
    // Two within half a second are one key press.
    await sleep(700);
    process.kill(cluster.pid, 'SIGINT');
    expect(await cluster.exited).toMatchObject({ code: 130 });
    while (ids.some(isAlive)) await sleep(20);
  });

  it('keeps the lines of a process that cannot start, and tries again later each time', async () => {
    // The runner takes it for its own option, and a broker that has it cannot be made.
    const dataDir = folder();
    const starting = startCluster({ instances: only({ groups: 1 }), dataDir, env: { MOL_TRANSPORTER: 'nonsense' } });
    starting.catch(() => undefined);
    while ((lastClusterState(dataDir)?.processes[0]?.restarts ?? 0) < 2) await sleep(50);
    process.kill(lastClusterState(dataDir)!.pid, 'SIGTERM');
    await expect(starting).rejects.toThrow(
      /^groups-1 +\| ended \(exit code 1\); it is started again in 0\.5 s$[^]*^groups-1 +\| ended \(exit code 1\); it is started again in 1 s$/m,
    );
  });

  it.each([
    [['nonsense=2'], /^cluster: nonsense: no such service; there are api-gateway, dm, .*\n$/],
    [['messages=many'], /^cluster: messages=many: say how many, from 0 to 32: messages=2\n$/],
    [['messages'], /^cluster: messages: say how many, from 0 to 32: messages=2\n$/],
    [['messages=33'], /^cluster: messages=33: say how many, from 0 to 32: messages=2\n$/],
    [['restart', 'nobody'], /^cluster: nobody: no such service or process; there are .*\n$/],
    [['restart'], /^cluster: DATA_DIR=\S+: no cluster runs there; start one with npm run cluster\n$/],
    [['scale'], /^cluster: scale: say how many of which service, such as scale messages=2\n$/],
  ])('refuses %j in one line', async (args, line) => {
    const exit = await runTool('cluster', args, tmpdir(), { DATA_DIR: folder() });
    expect(exit).toEqual({ code: 1, signal: null, stdout: '', stderr: expect.stringMatching(line) });
  });

  it('refuses a port that is in use, also the second gateway’s, before it starts anything', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    const dataDir = folder();
    try {
      const exit = await runTool('cluster', ['api-gateway=2'], tmpdir(), { DATA_DIR: dataDir, PORT: String(port - 1) });
      expect(exit).toMatchObject({ code: 1, stdout: '' });
      expect(exit.stderr).toMatch(/^cluster: PORT=\d+: is in use by another program\n$/);
    } finally {
      squatter.close();
    }
    expect(existsSync(join(dataDir, 'mongod.json'))).toBe(false);
  });
});
