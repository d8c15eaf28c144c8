import { setTimeout as sleep } from 'node:timers/promises';
import { BSON, type Db } from 'mongodb';
import { monotonic } from '#shared/deadline.ts';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { documentOf, windowOfDocument } from '#shared/read-model/window-document.ts';
import { type OpenRooms, openRooms } from '#shared/room-log/open.ts';
import { messagesBetween } from '#shared/room-log/page.ts';
import type { NewMessage } from '#shared/room-log/types.ts';
import { messageBody } from '#tools/bench/data.ts';
import { Latencies } from '#tools/bench/load/latencies.ts';
import { COLD_ROOMS, HUGE_ROOM } from '#tools/bench/read-model/rooms.ts';

export const READERS = 8;
const RUNS = 5;
const silent = { info() {}, warn() {}, error() {} };

export const openQuietRooms = (db: Db, readModel?: ReadModel): Promise<OpenRooms> =>
  openRooms({ db, readModel, logger: silent, sweep: false });

export interface Times {
  p50: number;
  p99: number;
  count: number;
}

export const timesOf = (latencies: Latencies, count: number): Times => ({
  p50: latencies.percentile(0.5),
  p99: latencies.percentile(0.99),
  count,
});

/** Latest windows of rooms that the process has never read, with and without the read model; they take turns. */
export async function measureCold(db: Db, model: ReadModel): Promise<Record<'query' | 'readmodel', Times>> {
  const latencies = { query: new Latencies(), readmodel: new Latencies() };
  for (let run = 0; run < RUNS; run += 1)
    for (const base of ['query', 'readmodel'] as const) {
      const rooms = await openQuietRooms(db, base === 'readmodel' ? model : undefined);
      const open = [...COLD_ROOMS];
      const reader = async () => {
        for (let room = open.pop(); room !== undefined; room = open.pop()) {
          const before = monotonic();
          await rooms.window(room);
          latencies[base].add(monotonic() - before);
        }
      };
      await Promise.all(Array.from({ length: READERS }, reader));
      await rooms.close();
    }
  const count = RUNS * COLD_ROOMS.length;
  return { query: timesOf(latencies.query, count), readmodel: timesOf(latencies.readmodel, count) };
}

/** The same of one very long room, one reader. */
export async function measureHuge(db: Db, model: ReadModel): Promise<Record<'query' | 'readmodel', number>> {
  const times = { query: 0, readmodel: 0 };
  for (const base of ['query', 'readmodel'] as const) {
    const rooms = await openQuietRooms(db, base === 'readmodel' ? model : undefined);
    const before = monotonic();
    await rooms.window(HUGE_ROOM);
    times[base] = monotonic() - before;
    await rooms.close();
  }
  return times;
}

export interface Sizes {
  /** Bytes of 500 messages as BSON, and of the document that holds them. */
  bson: number;
  document: number;
  /** Milliseconds to make the document, to read it, and to read the same as BSON. */
  write: number;
  read: number;
  readBson: number;
}

async function averageMs(work: () => unknown, times = 50): Promise<number> {
  await work();
  const before = monotonic();
  for (let turn = 0; turn < times; turn += 1) await work();
  return (monotonic() - before) / times;
}

/** What a stored window of 500 messages takes. */
export async function measureSizes(rooms: OpenRooms): Promise<Sizes> {
  const { window, head } = (await rooms.window(COLD_ROOMS[0]!))!;
  const items = await messagesBetween(rooms.collections, window.room, 0, head.seq + 1, window.items.length, -1);
  const plain = BSON.serialize({ items });
  const document = await documentOf(window, Date.now());
  return {
    bson: plain.length,
    document: BSON.serialize(document).length,
    write: await averageMs(() => documentOf(window, 0)),
    read: await averageMs(() => windowOfDocument(document)),
    readBson: await averageMs(() => BSON.deserialize(plain)),
  };
}

function newMessage(room: string, n: number): NewMessage {
  const { username, ...body } = messageBody(room, n);
  const messageId = `${room}-new-${n}`;
  const fields = { kind: 'text', media: null, audio: null, replyTo: null, previewable: true } as const;
  return { ...body, ...fields, messageId, username, usernameLc: username.toLowerCase() };
}

export interface WindowTimes extends Times {
  writes: number;
}

const POLL_MS = 50;
const LONGEST_MS = 30_000;

/**
 * How long it takes from the answer to a write to a stored window that has it: `perSecond` messages, spread over
 * `rooms`, for `ms`.
 */
export async function measureWritten(
  writer: OpenRooms,
  model: ReadModel,
  rooms: readonly string[],
  { perSecond, ms }: { perSecond: number; ms: number },
): Promise<WindowTimes> {
  const latencies = new Latencies();
  const open: { room: string; rev: number; at: number }[] = [];
  let writes = 0;
  const over = new AbortController();
  const watcher = (async () => {
    for (let end = Infinity; open.length > 0 || !over.signal.aborted;) {
      if (over.signal.aborted) end = Math.min(end, monotonic() + LONGEST_MS);
      if (monotonic() > end) break;
      const revs = new Map<string, number>();
      for (const room of new Set(open.map((one) => one.room))) revs.set(room, (await model.stored(room))?.rev ?? 0);
      const now = monotonic();
      for (let index = open.length - 1; index >= 0; index -= 1) {
        const { room, rev, at } = open[index]!;
        if ((revs.get(room) ?? 0) < rev) continue;
        latencies.add(now - at);
        open.splice(index, 1);
      }
      await sleep(POLL_MS);
    }
  })();
  const write = async (n: number) => {
    const room = rooms[n % rooms.length]!;
    const command = { op: 'create', message: newMessage(room, n), fresh: true } as const;
    const { message } = await writer.submit(room, command, monotonic() + 5_000);
    open.push({ room, rev: message!.rev, at: monotonic() });
    writes += 1;
  };
  const under: Promise<void>[] = [];
  const begin = monotonic();
  for (let n = 0; monotonic() - begin < ms; n += 1) {
    under.push(write(n));
    await sleep(Math.max(0, begin + (n + 1) * (1_000 / perSecond) - monotonic()));
  }
  await Promise.all(under);
  over.abort();
  await watcher;
  return { ...timesOf(latencies, writes - open.length), writes };
}
