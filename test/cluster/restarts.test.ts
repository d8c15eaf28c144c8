import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hangUp } from '#test/http/support/http.ts';
import { problemsOfLoad } from '#test/cluster/support/audit.ts';
import { failuresOf, inWords, isGood, problemsOfOutage } from '#test/cluster/support/exchange.ts';
import { problemsOfFreshness, writeAndReadBack } from '#test/cluster/support/fresh.ts';
import { MixedLoad } from '#test/cluster/support/load.ts';
import { FRESH_WRITES } from '#test/cluster/support/sizes.ts';
import { startCluster, type TestCluster } from '#test/support/cluster.ts';

// A cluster is eight processes on two cores; each is started again here.
jest.setTimeout(240_000);

const SERVICES = ['groups', 'messages', 'dm', 'api-gateway'];

/** After a kill: new messages are accepted again, and all else that writes. */
const POSTS_BACK_MS = 5_000;
const CHANGES_BACK_MS = 10_000;

describe('a cluster with two of each', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startCluster({ instances: Object.fromEntries(SERVICES.map((name) => [name, 2])) });
  });
  afterAll(async () => {
    hangUp();
    await cluster?.stop();
  });

  const load = (name: string) => new MixedLoad({ gateways: cluster.gateways, name });

  it('shows each of many writes, at once, through the other gateway; no seq is missing and createdAt increases', async () => {
    const written = await writeAndReadBack(cluster.gateways, FRESH_WRITES);
    expect(written.problems).toEqual([]);
    expect(await problemsOfFreshness(cluster.gateways, written.rooms)).toEqual([]);
  });

  it('loses nothing, doubles nothing and refuses nothing while each is restarted', async () => {
    const steady = load('rolling');
    await steady.goodAnswers(100);
    const roll = async (service: string) => {
      for (const instance of [1, 2]) await cluster.restart(service, instance, 'SIGTERM');
    };
    await Promise.all(SERVICES.map(roll));
    await steady.goodAnswers(50);
    await steady.stop();
    expect(failuresOf(steady.exchanges)).toEqual([]);
    expect(await problemsOfLoad(cluster.mongoUri, steady)).toEqual([]);

    // Under this load each ended in order, and in time: after 9.5 s it would have ended with 1.
    const ends = cluster.output().stdout.match(/ended \(.*\)/g);
    expect(ends).toEqual(SERVICES.flatMap(() => ['ended (exit code 0)', 'ended (exit code 0)']));
  });

  it('answers every read, and keeps every acknowledged write, while one of two messages is killed', async () => {
    const steady = load('killed');
    await steady.goodAnswers(100);
    const killed = performance.now();
    await cluster.restart('messages', 1, 'SIGKILL');
    while (performance.now() < killed + CHANGES_BACK_MS) await steady.goodAnswers(10);
    await steady.goodAnswers(50);
    await steady.stop();

    const { exchanges } = steady;
    expect(failuresOf(exchanges.filter(({ kind }) => kind === 'read'))).toEqual([]);
    expect(problemsOfOutage(exchanges)).toEqual([]);
    const late = exchanges.filter(
      (one) => !isGood(one) && one.begun > killed + (one.kind === 'post' ? POSTS_BACK_MS : CHANGES_BACK_MS),
    );
    expect(late.map(inWords)).toEqual([]);
    expect(await problemsOfLoad(cluster.mongoUri, steady)).toEqual([]);
  });
});
