import { LIMITS } from '#shared/limits.ts';
import { quotesOf } from '#shared/room-log/lookups.ts';
import { newestBelow } from '#shared/room-log/page.ts';
import { quotedId } from '#shared/room-log/quotes.ts';
import type { Rooms, WindowRead } from '#shared/room-log/rooms.ts';
import { itemsJson, quotedOfItem, windowJson } from '#shared/room-log/window-item.ts';
import { action } from '#shared/rooms/action.ts';
import { encoded, type Encoding } from '#shared/rooms/encode.ts';
import { latestCount, latestEtag } from '#shared/rooms/etag.ts';
import { type Body, roomContract } from '#shared/rooms/rooms.contract.ts';

/** The newest messages as bytes ready to be sent. Equal requests that meet share one serialisation. */
export const latest = action(roomContract.latest, async ({ room, count, encoding = 'identity' }, { rooms }) => {
  const wanted = latestCount(count);
  const read = await rooms.window(room);
  if (!read) return emptyBody(room, wanted);
  const { epoch, rev } = read.window;
  const key = JSON.stringify([room, epoch, rev, wanted, encoding]);
  return shared(rooms, key, () => bodyOf(rooms, read, wanted, encoding));
});

function emptyBody(room: string, count: number): Body {
  const place = { epoch: '', rev: 0 };
  const etag = latestEtag(room, place, count);
  return { ...place, etag, body: Buffer.from('[]'), encoding: 'identity', base: 'query', changes: 0 };
}

async function bodyOf(rooms: Rooms, read: WindowRead, count: number, wanted: Encoding): Promise<Body> {
  const { window, base, changes } = read;
  const { epoch, rev } = window;
  const etag = latestEtag(window.room, window, count);
  const { body, encoding } = await encoded(await latestJson(rooms, read, count), wanted);
  return { etag, epoch, rev, body, encoding, base, changes };
}

/** The window, and what `count` needs beyond it when large messages made it end early, up to 12 MiB. */
async function latestJson(rooms: Rooms, { window, head }: WindowRead, count: number): Promise<string> {
  const { room, items, floorSeq, startSeq } = window;
  const missing = Math.min(count, LIMITS.windowMessages) - items.length;
  if (missing <= 0 || startSeq <= floorSeq + 1) return windowJson(window, count);
  const older = await newestBelow(rooms.collections, room, floorSeq, startSeq, missing);
  const inWindow = new Map(items.map((item) => [item.messageId, item]));
  const known = (id: string) => {
    const item = inWindow.get(id);
    return item ? quotedOfItem(item) : window.quotes.get(id);
  };
  const quotes = await quotesOf(rooms.collections, head, older, known);
  const ofOlder = new Map(older.map((item) => [item.messageId, item]));
  for (const item of older) {
    const quoted = ofOlder.get(quotedId(item) ?? '');
    if (quoted) quotes.set(quoted.messageId, quotedOfItem(quoted));
  }
  return itemsJson([...older.reverse(), ...items], new Map([...window.quotes, ...quotes]));
}

/** Serialisations under way, of each `Rooms`. Whoever joins one has seen the very rev that it stands for. */
const underWay = new WeakMap<Rooms, Map<string, Promise<Body>>>();

function shared(rooms: Rooms, key: string, make: () => Promise<Body>): Promise<Body> {
  const bodies = underWay.get(rooms) ?? new Map<string, Promise<Body>>();
  underWay.set(rooms, bodies);
  let body = bodies.get(key);
  if (!body) {
    body = make().finally(() => bodies.delete(key));
    bodies.set(key, body);
  }
  return body;
}
