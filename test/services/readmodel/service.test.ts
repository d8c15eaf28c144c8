import { afterEach, describe, expect, it } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '#shared/broker.ts';
import { useConfig } from '#shared/config.ts';
import { readiness } from '#shared/health/readiness.ts';
import messagesService from '#services/messages/messages.service.ts';
import readmodelService from '#services/readmodel/readmodel.service.ts';
import type { ResultOf } from '#services/contracts.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let broker: ServiceBroker;

async function start(services: (typeof readmodelService | typeof messagesService)[], env: Record<string, string>) {
  database = await testDatabase();
  const config = database.config({ LOG_LEVEL: 'silent', ...env });
  useConfig(config);
  broker = new ServiceBroker(brokerOptions(config));
  for (const service of services) broker.createService(service as typeof messagesService);
  await broker.start();
}

const call = (action: string, params: object) => broker.call(action, params);
const inspect = (room: string) => call('readmodel.inspect', { room }) as Promise<ResultOf<'readmodel.inspect'>>;
/** A port that nobody listens on. */
const NOBODY = { KAFKA_ENABLED: 'true', KAFKA_BOOTSTRAP: '127.0.0.1:1' };

async function talk(): Promise<ResultOf<'messages.latest'>> {
  await call('messages.create', { room: 'talk', messageId: 'm-1', username: 'ann', text: 'hello' });
  return (await call('messages.latest', { room: 'talk' })) as ResultOf<'messages.latest'>;
}

afterEach(async () => {
  await broker.stop();
  await database.drop();
});

describe('the service', () => {
  it('is idle with Kafka off, and the process is ready', async () => {
    await start([readmodelService, messagesService], {});
    expect((await talk()).rev).toBe(1);
    expect(await inspect('talk')).toMatchObject({ enabled: false, stored: null, lag: {}, problem: null });
    expect(await readiness.problems()).toEqual({});
  });

  it('fills and empties nothing by itself, but when asked to, with Kafka off as well', async () => {
    await start([readmodelService, messagesService], {});
    await talk();
    for (const room of ['dm:ann|bob', 'another'])
      await call('messages.create', { room, messageId: 'm-1', username: 'ann', text: 'hello' });
    expect(await call('readmodel.backfill', {})).toEqual({ groupsProcessed: 2 });
    expect((await inspect('talk')).stored).toMatchObject({ rev: 1, items: 1 });
    expect((await inspect('dm:ann|bob')).stored).toBeNull();
  });

  it('starts without Kafka and says what is wrong; rooms are written and read as ever', async () => {
    await start([readmodelService, messagesService], NOBODY);
    const { rev, base } = await talk();
    expect([rev, base]).toEqual([1, 'query']);
    expect(await inspect('talk')).toMatchObject({ enabled: true, stored: null, problem: 'not connected yet' });
    // The process has other work, which needs no Kafka.
    expect(await readiness.problems()).toEqual({});
  });

  it('is not ready without Kafka in a process of its own', async () => {
    await start([readmodelService], NOBODY);
    expect(await readiness.problems()).toEqual({ kafka: 'not connected yet' });
  });
});
