import type { Collections } from '#shared/room-log/collections.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { send } from '#test/http/support/http.ts';

interface Feed {
  items: Pick<MessageView, 'messageId' | 'rev' | 'text' | 'seq'>[];
  next: string;
  reset: boolean;
}

/** Fewer than a drill writes to a room, so that the feed is read in several steps. */
const LIMIT = 40;

/** What a client that starts from nothing has after it has caught up, by messageId. */
async function caughtUp(gateway: string, room: string): Promise<Map<string, Feed['items'][number]>> {
  const messages = new Map<string, Feed['items'][number]>();
  const base = `/api/${room.startsWith('dm:') ? 'dm' : 'messages'}/${encodeURIComponent(room)}/changes`;
  for (let cursor = '0'; ;) {
    const path = `${base}?limit=${LIMIT}&since=${encodeURIComponent(cursor)}`;
    const answer = await send(gateway, { method: 'GET', path });
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
    const { items, next, reset } = answer.json<Feed>();
    if (reset) messages.clear();
    for (const item of items) messages.set(item.messageId, item);
    if (items.length === 0 || next === cursor) return messages;
    cursor = next;
  }
}

/** Whether catching up brings every message of each room, in its newest state. In words. */
export async function problemsOfChanges(
  gateways: readonly string[],
  rooms: readonly string[],
  collections: Collections,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, room] of rooms.entries()) {
    const seen = await caughtUp(gateways[index % gateways.length]!, room);
    const stored = await collections.messages(room).find({ room }).toArray();
    problems.push(...differences(room, seen, stored));
  }
  return problems;
}

/** `seen`: by messageId; `stored`: the documents. */
export function differences(
  room: string,
  seen: ReadonlyMap<string, { rev: number; text: string }>,
  stored: readonly { messageId: string; rev: number; text: string }[],
): string[] {
  const problems = stored
    .filter(({ messageId, rev, text }) => seen.get(messageId)?.rev !== rev || seen.get(messageId)?.text !== text)
    .map(({ messageId }) => `${room}: changes do not bring ${messageId} as it is stored`);
  if (seen.size !== stored.length) problems.push(`${room}: changes bring ${seen.size} messages of ${stored.length}`);
  return problems;
}
