import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { monotonic } from '#shared/deadline.ts';
import { openRooms, type OpenRooms } from '#shared/room-log/open.ts';
import type { Command } from '#shared/room-log/types.ts';
import { newMessage } from '#shared/rooms/new-message.ts';
import { messageBody } from '#tools/bench/data.ts';

/** Rooms that are written as the services write them: log, messages, heads. */

export const GROUPS = 500;
export const DMS = 500;
/** A group has so many messages for one of a DM. */
const GROUP_SHARE = 4;
/** So many latest windows are stored. */
export const WINDOWS = 100;

const DEADLINE_MS = 60_000;
const silent = { info() {}, warn() {}, error() {} };
const pad = (n: number) => String(n).padStart(5, '0');

const groups = Array.from({ length: GROUPS }, (_, n) => `storage-${pad(n)}`);
const dms = Array.from({ length: DMS }, (_, n) => `dm:one${pad(n)}|two${pad(n)}`);

export const openQuiet = (db: Db): Promise<OpenRooms> => openRooms({ db, logger: silent, sweep: false });

const send = (rooms: OpenRooms, room: string, command: Command) =>
  rooms.submit(room, command, monotonic() + DEADLINE_MS);

/** The `n`th message of a room: every second one has an idempotency key, every tenth is a reply, every twentieth a recording. */
function creation(room: string, n: number, messageId: string, before: string | undefined): Command {
  const message = newMessage({
    messageId,
    ...messageBody(room, n),
    ...(n % 2 === 0 && { idempotencyKey: randomUUID() }),
    ...(n % 10 === 0 && before !== undefined && { replyTo: { messageId: before, text: 'as it was sent' } }),
    ...(n % 20 === 0 && {
      kind: 'audio',
      audio: { url: `https://media.example.com/${messageId}.webm`, durationMs: 4_000 },
    }),
  });
  return { op: 'create', message, fresh: message.key === undefined };
}

/**
 * Writes `count` messages, room by room in turn, so that an entry of the log carries one message as it does in quiet
 * rooms. Answers the newest message id of each group.
 */
export async function fillRooms(rooms: OpenRooms, count: number): Promise<Map<string, string>> {
  const newest = new Map<string, string>();
  const asked = { left: count };
  for (let round = 1; asked.left > 0; round += 1) {
    const turn = (round % GROUP_SHARE === 0 ? [...groups, ...dms] : groups).slice(0, asked.left);
    asked.left -= turn.length;
    await Promise.all(
      turn.map((room) => {
        const messageId = randomUUID();
        const command = creation(room, round, messageId, newest.get(room));
        newest.set(room, messageId);
        return send(rooms, room, command);
      }),
    );
  }
  return new Map(groups.map((room) => [room, newest.get(room)!]));
}

/** Changes of what is stored, each of one message a group. */
export const CHANGES: Record<string, (messageId: string) => Command> = {
  'an edit': (messageId) => ({ op: 'edit', messageId, newText: 'It is corrected now, and about as long as it was.' }),
  'a reaction': (messageId) => ({ op: 'react', messageId, user: { userId: 'u-1', username: 'One' }, emoji: '👍' }),
  'a deletion': (messageId) => ({ op: 'delete', messageId }),
};

export async function change(rooms: OpenRooms, newest: ReadonlyMap<string, string>, name: string): Promise<void> {
  await Promise.all([...newest].map(([room, messageId]) => send(rooms, room, CHANGES[name]!(messageId))));
}

/** Bubble colours, one a group. */
export async function recolour(rooms: OpenRooms): Promise<void> {
  const command: Command = { op: 'recolour', usernameLc: 'nobody', colour: '#336699' };
  await Promise.all(groups.map((room) => send(rooms, room, command)));
}

/** Stores the latest windows of some groups, as the read model does. Answers how many messages they have on average. */
export async function storeWindows(rooms: OpenRooms, db: Db): Promise<number> {
  const model = new ReadModel(db);
  await model.ensureIndexes();
  let items = 0;
  for (const room of groups.slice(0, WINDOWS)) {
    const { window } = (await rooms.window(room))!;
    await model.save(window);
    items += window.items.length;
  }
  return items / WINDOWS;
}
