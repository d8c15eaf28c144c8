import type { ServiceSchema } from 'moleculer';
import { action } from '#shared/rooms/action.ts';
import { roomActions } from '#shared/rooms/room-actions.ts';
import { roomLifecycle } from '#shared/rooms/room-service.ts';
import { inboxOf } from '#services/messages/inbox.ts';
import { messagesContract } from '#services/messages/messages.contract.ts';
import { NewestMessages } from '#services/messages/newest.ts';
import { previewOf } from '#services/messages/preview.ts';
import { recordingsOf } from '#services/messages/recordings.ts';

/** Remembered by room, epoch and rev, so that it may outlive a broker: what is void is never answered. */
const newest = new NewestMessages();

/** Group rooms. */
const messagesService: ServiceSchema = {
  name: 'messages',
  ...roomLifecycle,
  actions: {
    ...roomActions,
    previews: action(messagesContract.previews, async ({ rooms: asked }, { rooms }) => {
      const messages = await newest.of(rooms, asked);
      return messages.map((message) => message && previewOf(message));
    }),
    inbox: action(messagesContract.inbox, (params, { ctx, rooms }) => inboxOf(ctx, rooms, newest, params)),
    recordings: action(messagesContract.recordings, (params, { ctx, rooms }) => recordingsOf(ctx, rooms, params)),
  },
};

export default messagesService;
