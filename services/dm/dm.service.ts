import type { ServiceSchema } from 'moleculer';
import { action } from '#shared/rooms/action.ts';
import { roomActions } from '#shared/rooms/room-actions.ts';
import { roomLifecycle } from '#shared/rooms/room-service.ts';
import { dmContract } from '#services/dm/dm.contract.ts';
import { ThreadLists } from '#services/dm/threads.ts';

/** Remembered by room, epoch and rev, so that it may outlive a broker: what is void is never answered. */
const threads = new ThreadLists();

/** Direct messages: rooms like the others, and the list of a user's threads. */
const dmService: ServiceSchema = {
  name: 'dm',
  ...roomLifecycle,
  actions: {
    ...roomActions,
    threads: action(dmContract.threads, (params, { rooms }) => threads.list(rooms, params)),
  },
};

export default dmService;
