import { expect } from '@jest/globals';
import type { ChatClient } from '#test/clients/socket-client.ts';
import type { Stage } from '#test/clients/support/stage.ts';
import type { Message } from '#test/clients/support/types.ts';

/** A message as a socket receives it. */
export interface Told {
  groupId: string;
  message: Message & { localId?: string };
}

export const filtersOf = ({ user }: ChatClient): string => `GET /users/${user.userId}/message-filters`;

/** Two users in a group, with nothing left to come; the calls so far are not asked for again. */
export async function talk(stage: Stage): Promise<{ room: string; alice: ChatClient; bob: ChatClient }> {
  const { id: room } = await stage.group();
  const users = [await stage.user('Alice', { bubbleColor: '#7c3aed' }), await stage.user('Bob')] as const;
  const [alice, bob] = users;
  const { systemLines } = stage.sockets;
  systemLines.muted = true;
  stage.recorder.fresh();
  for (const client of users) {
    client.join(room);
    // The last that a join tells.
    for (const each of users) await each.next('presence:online');
  }
  systemLines.muted = false;
  await stage.recorder.next(
    `GET /groups/${room}`,
    `POST /messages/${room}/user-bubble-color`,
    ...[alice, bob].flatMap((client) => [
      filtersOf(client),
      `GET /messages/${room}/latest?count=100`,
      `POST /groups/${room}/members`,
    ]),
  );
  for (const client of users) client.forget();
  return { room, alice, bob };
}

/** What `from` says, as both receive it. */
export async function say(room: string, [from, other]: [ChatClient, ChatClient], text: string, more = {}) {
  const localId = from.say(room, text, more);
  const told = await from.next<Told>('message');
  expect(await other.next('message')).toEqual(told);
  expect(told.message.localId).toBe(localId);
  return told.message;
}
