import { ServiceBroker } from 'moleculer';
import type { Preview } from '#shared/rooms/message.shape.ts';
import { brokerOptions } from '#shared/broker.ts';
import { type Config, useConfig } from '#shared/config.ts';
import type { ActionName, ParamsOf, ResultOf } from '#services/contracts.ts';
import groupsService from '#services/groups/groups.service.ts';
import { type TestDatabase, testDatabase } from '#test/support/database.ts';

/** A `messages` service that says what it is told to, and remembers what it was asked. */
export interface FakeMessages {
  previews: Map<string, Preview>;
  /** Rooms of each `messages.previews` call. */
  asked: string[][];
  deletedRooms: string[];
  /** Runs before `messages.deleteRoom` answers. */
  onDelete: (room: string) => Promise<void>;
}

export interface GroupsBroker {
  broker: ServiceBroker;
  messages: FakeMessages;
  /** `budgetMs`: what is left of the caller's deadline. */
  call: <A extends ActionName>(action: A, params: ParamsOf<A>, budgetMs?: number) => Promise<ResultOf<A>>;
  stop(): Promise<void>;
}

/** The groups service on a broker like the program's, with a fake `messages` beside it; not started yet. */
export function groupsBrokerOn(config: Config): GroupsBroker {
  useConfig(config);
  const broker = new ServiceBroker(brokerOptions(config));
  const messages: FakeMessages = { previews: new Map(), asked: [], deletedRooms: [], onDelete: async () => undefined };
  broker.createService({
    name: 'messages',
    actions: {
      previews(ctx) {
        const { rooms } = ctx.params as ParamsOf<'messages.previews'>;
        messages.asked.push(rooms);
        return rooms.map((room) => messages.previews.get(room) ?? null);
      },
      async deleteRoom(ctx) {
        const { room } = ctx.params as ParamsOf<'messages.deleteRoom'>;
        await messages.onDelete(room);
        messages.deletedRooms.push(room);
        return { success: true };
      },
    },
  });
  broker.createService(groupsService);
  return {
    broker,
    messages,
    call: <A extends ActionName>(action: A, params: ParamsOf<A>, budgetMs?: number) =>
      broker.call(action, params, budgetMs ? { meta: { budgetMs } } : {}) as Promise<ResultOf<A>>,
    stop: () => broker.stop(),
  };
}

/** As `groupsBrokerOn`, started, on a database of its own; `env` sets more of its configuration. */
export async function startGroups(
  env: Record<string, string> = {},
): Promise<GroupsBroker & { database: TestDatabase }> {
  const database = await testDatabase();
  const groups = groupsBrokerOn(database.config({ LOG_LEVEL: 'silent', ...env }));
  await groups.broker.start();
  return {
    ...groups,
    database,
    async stop() {
      await groups.stop();
      await database.drop();
    },
  };
}

export const preview = (fields: Partial<Preview> = {}): Preview => ({
  username: 'Ann',
  text: ' hello ',
  previewText: 'hello',
  voiceNote: false,
  kind: null,
  createdAt: 1_700_000_000_000,
  timestamp: '2023-11-14T22:13:20.000+00:00',
  hasMedia: false,
  mediaType: null,
  audioDurationMs: null,
  ...fields,
});
