import type { ServiceSchema } from 'moleculer';
import { config } from '#shared/config.ts';
import { type Mongo, openMongo } from '#shared/mongo.ts';
import { type OpenRooms, openRooms } from '#shared/room-log/open.ts';
import type { RoomService } from '#shared/rooms/action.ts';

type OpenService = RoomService & { rooms: OpenRooms | undefined; mongo: Mongo | undefined };

/**
 * The life of a service of rooms: opens the room log when it starts and, when it stops, ends long polls, writes what
 * waits, and closes. A database that is away stops the start with the driver's error.
 */
export const roomLifecycle = {
  created() {
    (this as unknown as OpenService).stopping = new AbortController();
  },

  async started() {
    const service = this as unknown as OpenService;
    const { logger } = service;
    const mongo = await openMongo(config());
    service.mongo = mongo;
    try {
      service.rooms = await openRooms({
        db: mongo.db,
        logger: {
          info: (message) => logger.info(message),
          warn: (message) => logger.warn(message),
          error: (message) => logger.error(message),
        },
      });
    } catch (error) {
      await mongo.close();
      throw error;
    }
  },

  async stopped() {
    const service = this as unknown as OpenService;
    service.stopping.abort();
    await service.rooms?.close();
    await service.mongo?.close();
  },
} satisfies Partial<ServiceSchema>;
