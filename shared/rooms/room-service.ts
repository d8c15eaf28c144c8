import type { ServiceSchema } from 'moleculer';
import { config } from '#shared/config.ts';
import { type Mongo, openMongo } from '#shared/mongo.ts';
import { type OpenRooms, openRooms } from '#shared/room-log/open.ts';
import { waitForDatabase } from '#shared/wait-for-database.ts';
import type { RoomService } from '#shared/rooms/action.ts';

type OpenService = RoomService & { rooms: OpenRooms | undefined; mongo: Mongo | undefined };

/**
 * The life of a service of rooms: opens the room log when it starts and, when it stops, ends long polls, writes what
 * waits, and closes. A database that is away is waited for.
 */
export const roomLifecycle = {
  created() {
    (this as unknown as OpenService).stopping = new AbortController();
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
      service.mongo ??= await openMongo(config());
      return openRooms({ db: service.mongo.db, logger: roomLogger });
    };
    const rooms = await waitForDatabase(open, stopping.signal, (error) =>
      logger.warn(`${name} waits for MongoDB`, error),
    );
    if (rooms) service.rooms = rooms;
  },

  async stopped() {
    const service = this as unknown as OpenService;
    service.stopping.abort();
    await service.rooms?.close();
    await service.mongo?.close();
  },
} satisfies Partial<ServiceSchema>;
