import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp } from '#test/http/support/http.ts';
import { problemsOfLoad } from '#test/cluster/support/audit.ts';
import { inWords, isGood, problemsOfOutage, type Exchange } from '#test/cluster/support/exchange.ts';
import { healthOf } from '#test/cluster/support/health.ts';
import { MixedLoad } from '#test/cluster/support/load.ts';
import { OUTAGE_MS } from '#test/cluster/support/sizes.ts';
import { startCluster, type TestCluster } from '#test/support/cluster.ts';
import { startMongod, type TestMongod } from '#test/support/mongod.ts';
import { startNats, type TestNats } from '#test/support/nats-server.ts';

// A cluster is started, and its servers are away for a while: more on a busy machine.
jest.setTimeout(240_000);

/** Once a server is back, all works again within this time. */
const BACK_MS = 2_000;
/** What a loaded machine may add. */
const MARGIN_MS = 2_000;

describe('a cluster whose servers go away', () => {
  let nats: TestNats;
  let mongod: TestMongod;
  let cluster: TestCluster;

  beforeAll(async () => {
    [nats, mongod] = await Promise.all([startNats(), startMongod()]);
    cluster = await startCluster({ env: { NATS_URL: nats.url, MONGO_URI: mongod.uri } });
  });
  afterAll(async () => {
    hangUp();
    await cluster?.stop();
    await Promise.all([nats?.stop(), mongod?.stop()]);
  });

  const pids = () => cluster.processes().map(({ nodeId, id }) => [nodeId, id?.pid]);

  /**
   * Under load, has a server go and come back; answers all that is wrong. `meanwhile` looks at the cluster while it is
   * without.
   */
  async function outage(
    name: string,
    go: () => Promise<void>,
    comeBack: () => Promise<void>,
    meanwhile: () => Promise<void>,
  ): Promise<string[]> {
    const before = pids();
    const load = new MixedLoad({ gateways: cluster.gateways, name, keyless: true });
    await load.goodAnswers(50);
    await go();
    const until = sleep(OUTAGE_MS);
    // So that the processes have noticed.
    await sleep(1_000);
    await meanwhile();
    await until;
    await comeBack();
    const back = performance.now();
    await load.goodAnswers(1);
    await sleep(BACK_MS + MARGIN_MS);
    await load.goodAnswers(50);
    await load.stop();

    expect(pids()).toEqual(before);
    expect(load.exchanges.some((one) => !isGood(one))).toBe(true);
    const isLate = (one: Exchange) => !isGood(one) && one.begun > back + BACK_MS + MARGIN_MS;
    const late = load.exchanges.filter(isLate).map(inWords);
    return [...problemsOfOutage(load.exchanges), ...late, ...(await problemsOfLoad(mongod.uri, load))];
  }

  it('says 503 within its deadlines while NATS is away, and is back with it; no process ends', async () => {
    const problems = await outage(
      'nats',
      () => nats.halt(),
      () => nats.start(),
      async () => {
        for (const { healthUrl } of cluster.processes()) {
          expect(await healthOf(healthUrl, 'live')).toEqual([200, { status: 'live' }]);
          const problem = { nats: 'the connection is lost' };
          expect(await healthOf(healthUrl, 'ready')).toEqual([503, { status: 'not-ready', problems: problem }]);
        }
      },
    );
    expect(problems).toEqual([]);
  });

  it('says 503 within its deadlines while MongoDB is away, and is back with it; no process ends', async () => {
    const problems = await outage(
      'mongod',
      () => mongod.kill('SIGKILL'),
      () => mongod.restart(),
      async () => {
        for (const { healthUrl, service } of cluster.processes()) {
          expect(await healthOf(healthUrl, 'live')).toEqual([200, { status: 'live' }]);
          const [status, body] = await healthOf(healthUrl, 'ready');
          // Without Kafka the read model keeps nothing.
          const needs = !['api-gateway', 'media', 'readmodel'].includes(service);
          expect([service, status, Object.keys(body.problems ?? {})]).toEqual(
            needs ? [service, 503, ['mongodb']] : [service, 200, []],
          );
        }
        const [gateway] = cluster.gateways;
        expect(await healthOf(`${gateway}/api`, 'db')).toEqual([503, { mongo: 'disconnected', db: 'truematch' }]);
      },
    );
    expect(problems).toEqual([]);
  });
});
