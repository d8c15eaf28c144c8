import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '#shared/broker.ts';
import { useConfig } from '#shared/config.ts';
import type { ActionName, ParamsOf, ResultOf } from '#services/contracts.ts';
import groupsService from '#services/groups/groups.service.ts';
import messagesService from '#services/messages/messages.service.ts';
import { testDatabase } from '#test/support/database.ts';

it('a group shows the newest message of its room until it is deleted, and the room is empty then', async () => {
  const database = await testDatabase();
  const config = database.config({ LOG_LEVEL: 'silent' });
  useConfig(config);
  const broker = new ServiceBroker(brokerOptions(config));
  broker.createService(messagesService);
  broker.createService(groupsService);
  await broker.start();
  const call = <A extends ActionName>(action: A, params: ParamsOf<A>) =>
    broker.call(action, params) as Promise<ResultOf<A>>;
  const items = async () => (await call('messages.page', { room: 'old' })).items.map((one) => one.text);
  const say = (text: string) =>
    call('messages.create', { room: 'old', username: 'Ann', text, messageId: randomUUID() });
  try {
    const _id = new ObjectId();
    await database.db.collection('groups').insertOne({ _id, id: 'old', name: 'Old' });
    await call('groups.create', { name: 'quiet' });
    await say('first');
    const { message } = await say(' second ');
    const { groups } = await call('groups.list', {});
    expect(groups.map((one) => one.lastMessagePreview?.previewText)).toEqual(['second', undefined]);
    expect(groups[0]).toMatchObject({ lastMessageAt: message.createdAt, summaryFetchedAt: message.createdAt });

    await call('groups.remove', { groupId: _id.toHexString() });
    expect(await items()).toEqual([]);
    expect(await call('groups.resolve', { databaseId: _id.toHexString() })).toBe('old');
    await say('without a group');
    expect(await items()).toEqual(['without a group']);
    expect(await call('groups.create', { name: 'Old' })).toMatchObject({ id: 'old', databaseId: 'old' });
    expect(await call('groups.get', { groupId: 'old' })).toMatchObject({
      lastMessagePreview: { text: 'without a group' },
    });
  } finally {
    await broker.stop();
    await database.drop();
  }
});
