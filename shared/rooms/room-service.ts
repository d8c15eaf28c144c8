import type { ServiceSchema } from 'moleculer';
import { config } from '#shared/config.ts';
import { databaseCheck } from '#shared/health/database.ts';
import { readiness } from '#shared/health/readiness.ts';
import { type Mongo, openMongo } from '#shared/mongo.ts';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { sentBefore } from '#shared/relay/place.ts';
import { ROOM_RELAY, roomSource } from '#shared/relay/room-source.ts';
import { startRelay } from '#shared/relay/start.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { type OpenRooms, openRooms } from '#shared/room-log/open.ts';
import { waitForDatabase } from '#shared/wait-for-database.ts';
import type { RoomService } from '#shared/rooms/action.ts';
import { exposeRooms } from '#shared/rooms/room-metrics.ts';

type OpenService = RoomService & {
  rooms: OpenRooms | undefined;
  mongo: Mongo | undefined;
  stopRelay: (() => Promise<void>) | undefined;
  /** Takes back what the process's health page was told of. */
  retract: (() => void)[];
};

/**
 * The life of a service of rooms: opens the room log and takes part in relaying it to Kafka when it starts; when it
 * stops, it ends long polls, writes what waits, and closes. A database that is away is waited for.
 */
export const roomLifecycle = {
  created() {
    const service = this as unknown as OpenService;
    service.stopping = new AbortController();
    service.retract = [
      readiness.need(
        'mongodb',
        databaseCheck(() => service.mongo?.db),
      ),
    ];
  },

  async started() {
    const service = this as unknown as OpenService;
    const { logger, name, stopping } = service;
    const roomLogger = {
      info: (message: string) => logger.info(message),
      warn: (message: string) => logger.warn(message),
      error: (message: string) => logger.error(message),
    };
    const open = async () => {
      const settings = config();
      service.mongo ??= await openMongo(settings, { retryWrites: false });
      const { db } = service.mongo;
      // Nobody keeps it up without Kafka: its documents would be older than what a query brings.
      const readModel = settings.kafkaEnabled ? new ReadModel(db) : undefined;
      const sent = settings.kafkaEnabled ? () => sentBefore(db, ROOM_RELAY) : undefined;
      return openRooms({ db, readModel, logger: roomLogger, sentBefore: sent });
    };
    const waiting = (error: unknown) => logger.warn(`${name} waits for MongoDB`, error);
    const rooms = await waitForDatabase(open, stopping.signal, waiting);
    if (!rooms) return;
    service.rooms = rooms;
    service.retract.push(exposeRooms(name, rooms));
    const { db } = service.mongo!;
    const relay = () => startRelay(db, logger, (generation) => roomSource(collectionsOf(db), generation));
    service.stopRelay = (await waitForDatabase(relay, stopping.signal, waiting)) ?? undefined;
  },

  async stopped() {
    const service = this as unknown as OpenService;
    service.stopping.abort();
    for (const retract of service.retract) retract();
    await Promise.all([service.rooms?.close(), service.stopRelay?.()]);
    await service.mongo?.close();
  },
} satisfies Partial<ServiceSchema>;
