import type { ServiceSchema } from 'moleculer';
import { action } from '#shared/rooms/action.ts';
import { roomActions } from '#shared/rooms/room-actions.ts';
import { roomLifecycle } from '#shared/rooms/room-service.ts';
import { dmContract } from '#services/dm/dm.contract.ts';
import { listThreads } from '#services/dm/threads.ts';

/** Direct messages: rooms like the others, and the list of a user's threads. */
const dmService: ServiceSchema = {
  name: 'dm',
  ...roomLifecycle,
  actions: {
    ...roomActions,
    threads: action(dmContract.threads, (params, { rooms }) => listThreads(rooms, params)),
  },
};

export default dmService;
