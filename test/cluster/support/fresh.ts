import type { MessageView } from '#shared/rooms/message.shape.ts';
import { send } from '#test/http/support/http.ts';

const ROOMS = 200;
const WRITERS = 16;
/** More than are written to one room between an answer and the read that follows it. */
const COUNT = 50;

const path = (room: string) => `/api/messages/${room}`;

async function ask<T>(gateway: string, message: Parameters<typeof send>[1]): Promise<T> {
  const answer = await send(gateway, message);
  if (answer.status !== 200) throw new Error(`${message.method} ${message.path}: ${answer.status} ${answer.text}`);
  return answer.json<T>();
}

type Shown = Pick<MessageView, 'messageId' | 'seq' | 'text' | 'createdAt'>;

/** Where a write is looked for right after its answer; in turn, because each has caches of its own. */
const READS: ((gateway: string, room: string, message: Shown) => Promise<Shown[]>)[] = [
  (gateway, room) => ask(gateway, { method: 'GET', path: `${path(room)}/latest?count=${COUNT}` }),
  async (gateway, room, { messageId }) => [
    await ask<Shown>(gateway, { method: 'GET', path: `${path(room)}/by-id/${messageId}` }),
  ],
  async (gateway, room) =>
    (await ask<{ items: Shown[] }>(gateway, { method: 'GET', path: `${path(room)}/page?limit=${COUNT}` })).items,
];

/**
 * Writes `count` messages, and edits some, over 200 rooms through the gateways in turn, and reads each right after its
 * answer through another gateway. Answers the rooms, and what was read that is older than what was acknowledged.
 */
export async function writeAndReadBack(
  gateways: readonly string[],
  count: number,
): Promise<{ rooms: string[]; problems: string[] }> {
  const rooms = Array.from({ length: ROOMS }, (_, n) => `fresh-${n}`);
  const problems: string[] = [];
  let next = 0;
  const isShown = async (index: number, room: string, message: Shown, what: string) => {
    const other = gateways[(index + 1) % gateways.length]!;
    const shown = await READS[index % READS.length]!(other, room, message);
    const found = shown.find(({ messageId }) => messageId === message.messageId);
    if (found?.text !== message.text)
      problems.push(`${what} ${index} in ${room} was acknowledged and not shown: ${JSON.stringify(found)}`);
  };
  const writer = async () => {
    for (let index = next++; index < count; index = next++) {
      const gateway = gateways[index % gateways.length]!;
      const room = rooms[(index * 7) % ROOMS]!;
      const body = { userId: `u${index % 50}`, username: 'Ada', text: `message ${index}` };
      const message = await ask<Shown>(gateway, { method: 'POST', path: path(room), body });
      await isShown(index, room, message, 'message');
      if (index % 5 > 0) continue;
      const newText = `message ${index}, edited`;
      await ask(gateway, { method: 'PUT', path: `${path(room)}/${message.messageId}`, body: { newText } });
      await isShown(index / 5, room, { ...message, text: newText }, 'the edit of message');
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return { rooms, problems };
}

/** P6: every room, through any gateway, has seq 1, 2, 3 … and a createdAt that increases with it. In words. */
export async function problemsOfFreshness(gateways: readonly string[], rooms: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, room] of rooms.entries()) {
    const messages = await ask<Shown[]>(gateways[index % gateways.length]!, {
      method: 'GET',
      path: `${path(room)}/latest?count=500`,
    });
    for (const [place, { seq, createdAt }] of messages.entries()) {
      if (seq !== place + 1) problems.push(`${room}: seq ${seq} at place ${place + 1}`);
      if (createdAt <= (messages[place - 1]?.createdAt ?? 0))
        problems.push(`${room}: createdAt of ${seq} is not later`);
    }
  }
  return problems;
}
