import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ServiceBroker } from 'moleculer';
import type { Db } from 'mongodb';
import { brokerOptions } from '#shared/broker.ts';
import { useConfig } from '#shared/config.ts';
import type { ActionName, ParamsOf, ResultOf } from '#services/contracts.ts';
import { validatorOf } from '#shared/schema.ts';
import { groupsContract } from '#services/groups/groups.contract.ts';
import dmService from '#services/dm/dm.service.ts';
import messagesService from '#services/messages/messages.service.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

export interface RoomBroker {
  broker: ServiceBroker;
  database: TestDatabase;
  call<A extends ActionName>(action: A, params: ParamsOf<A>, budgetMs?: number): Promise<ResultOf<A>>;
  /** Creates a message in a room and answers its view. */
  post(room: string, body?: Partial<ParamsOf<'messages.create'>>): Promise<ResultOf<'messages.create'>['message']>;
  stop(): Promise<void>;
}

/**
 * `messages` and `dm` on a database of their own, with a `groups` that knows the given databaseIds. `prepare` is told of
 * the database before the services start.
 */
export async function roomBroker(
  slugs: Record<string, string> = {},
  { uri, prepare }: { uri?: string; prepare?: (db: Db) => Promise<unknown> } = {},
): Promise<RoomBroker> {
  const database = await testDatabase(uri, { retryWrites: false });
  await prepare?.(database.db);
  const config = database.config({ LOG_LEVEL: 'silent' });
  useConfig(config);
  const broker = new ServiceBroker(brokerOptions(config));
  broker.createService({
    name: 'groups',
    actions: {
      resolve: {
        params: validatorOf(groupsContract.resolve.params) as Record<string, string>,
        handler: (ctx: { params: { databaseId: string } }) => slugs[ctx.params.databaseId] ?? null,
      },
    },
  });
  broker.createService(messagesService);
  broker.createService(dmService);
  await broker.start();
  const call: RoomBroker['call'] = (action, params, budgetMs = 4_000) =>
    broker.call(action, params, { timeout: budgetMs + 200, meta: { budgetMs } });
  return {
    broker,
    database,
    call,
    async post(room, body = {}) {
      const action = room.startsWith('dm:') ? 'dm.create' : 'messages.create';
      const { message } = await call(action, { room, messageId: randomUUID(), fresh: true, ...body });
      return message;
    },
    async stop() {
      await broker.stop();
      await database.drop();
    },
  };
}

/** What a refused call is told. */
export const refused = (type: string, code: number) => expect.objectContaining({ type, code });
