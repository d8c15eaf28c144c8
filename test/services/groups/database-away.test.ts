import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '#shared/config.ts';
import { groupsBrokerOn } from '#test/services/groups/groups-broker.ts';
import { startMongod, type TestMongod } from '#test/support/mongod.ts';

let mongod: TestMongod;
beforeAll(async () => {
  mongod = await startMongod();
});
afterAll(() => mongod.stop());

const groupsOn = ({ uri }: TestMongod) =>
  groupsBrokerOn(
    loadConfig({
      MONGO_URI: uri,
      LOG_LEVEL: 'silent',
      MONGO_SERVER_SELECTION_TIMEOUT_MS: '300',
      MONGO_CONNECT_TIMEOUT_MS: '300',
    }),
  );

describe('while MongoDB is away', () => {
  it('the service starts as soon as it is there, and tells reads from writes', async () => {
    await mongod.kill('SIGKILL');
    const groups = groupsOn(mongod);
    let started = false;
    const starting = groups.broker.start().then(() => (started = true));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(started).toBe(false);
    await mongod.restart();
    await starting;
    await groups.call('groups.create', { name: 'kept' });

    await mongod.kill('SIGKILL');
    await expect(groups.call('groups.get', { groupId: 'kept' })).rejects.toMatchObject({
      type: 'database_unavailable',
    });
    await expect(groups.call('groups.create', { name: 'lost' })).rejects.toMatchObject({ type: 'outcome_unknown' });
    await expect(groups.call('groups.remove', { groupId: 'kept' })).rejects.toMatchObject({ type: 'outcome_unknown' });

    await mongod.restart();
    expect(await groups.call('groups.list', {})).toMatchObject({ groups: [{ id: 'kept' }], total: 1 });
    await groups.stop();
  });

  it('a service that waits for it can be stopped', async () => {
    await mongod.kill('SIGKILL');
    const groups = groupsOn(mongod);
    const starting = groups.broker.start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await groups.stop();
    expect(await starting).toBeUndefined();
    await mongod.restart();
  });
});
