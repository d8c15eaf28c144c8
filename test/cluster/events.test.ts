import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaConfig, Member, until } from '#test/shared/kafka/support/collect.ts';
import { startCluster, type TestCluster } from '#test/support/cluster.ts';
import { serviceNames } from '#tools/cluster/service-names.ts';

// A cluster and a Kafka on two cores.
jest.setTimeout(180_000);

let cluster: TestCluster;
let member: Member;

beforeAll(async () => {
  const none = Object.fromEntries(serviceNames().map((name) => [name, 0]));
  cluster = await startCluster({ events: true, instances: { ...none, messages: 1, readmodel: 1, 'api-gateway': 1 } });
  const config = kafkaConfig(cluster.kafkaBootstrap);
  member = new Member({ config, groupId: 'test', topics: ['tm.messages'] });
});
afterAll(async () => {
  await member.consumer.close();
  await cluster.stop();
});

async function post(text: string): Promise<number> {
  const answer = await fetch(`${cluster.gateways[0]}/api/messages/lobby`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'Ada', text }),
  });
  return answer.status;
}

const sent = () =>
  member.messages.map(({ value }) => (JSON.parse(String(value)) as { data: { text?: string } }).data.text);

async function health(service: string) {
  const answer = await fetch(`${cluster.process(service, 1).healthUrl}/health/ready`);
  const { problems, missing } = (await answer.json()) as { problems?: object; missing?: object };
  return { status: answer.status, problems, missing };
}

describe('npm run cluster with events', () => {
  it('runs Kafka, and what happens in a room comes out of it', async () => {
    expect(cluster.output().stdout).toMatch(/^ {2}Kafka +127\.0\.0\.1:\d+ \(4\.\S+, /m);
    expect(await post('one')).toBe(200);
    await until(() => sent().includes('one'));
    expect(member.messages[0]).toMatchObject({ topic: 'tm.messages', key: 'lobby' });
  });

  it('answers while Kafka is away and says so, starts it again, and sends what happened meanwhile', async () => {
    // Frozen: a dead one would run again at once.
    const kafka = cluster.server('kafka')!;
    process.kill(kafka.pid, 'SIGSTOP');
    expect(await post('two')).toBe(200);
    while ((await health('readmodel')).status === 200) await sleep(200);
    expect((await health('readmodel')).problems).toEqual({ kafka: expect.any(String) });
    expect((await health('messages')).status).toBe(200);
    expect(await post('three')).toBe(200);

    process.kill(kafka.pid, 'SIGKILL');
    await until(() => sent().includes('three'));
    expect(sent().filter((text, at, all) => all.indexOf(text) === at)).toEqual(['one', 'two', 'three']);
    expect(cluster.server('kafka')!.pid).not.toBe(kafka.pid);
    while ((await health('readmodel')).status !== 200) await sleep(200);
    expect(await health('messages')).toEqual({ status: 200 });
  });

  it('stops it with the rest', async () => {
    const { pid } = cluster.server('kafka')!;
    expect(await cluster.stop()).toMatchObject({ code: 0 });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
