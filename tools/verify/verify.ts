import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { type Collections, collectionsOf } from '#shared/room-log/collections.ts';
import type { Head } from '#shared/room-log/types.ts';
import type { Meter } from '#tools/meter.ts';
import { allHeads, inParallel } from '#tools/room-pages.ts';
import { checkLog } from '#tools/verify/check-log.ts';
import { checkMessages } from '#tools/verify/check-messages.ts';
import { checkWindow, type WindowState } from '#tools/verify/check-window.ts';
import { type Difference, Findings, keyOf } from '#tools/verify/difference.ts';
import { headlessRooms } from '#tools/verify/headless-rooms.ts';

const AT_ONCE = 4;
/**
 * Rooms change while they are read, so a difference counts only when it is still there after each of these pauses, in ms:
 * together longer than a flush, and than the sweeper needs to bring a head up to a log whose writer died.
 */
export const PAUSES_MS: readonly number[] = [200, 800, 2_000, 4_000];

export interface VerifyOptions {
  /** Only this one, by its canonical id. */
  room?: string;
  pausesMs?: readonly number[];
  meter(total: number): Meter;
  report(difference: Difference): void;
}

export interface Verified {
  rooms: number;
  messages: number;
  windows: Record<WindowState, number>;
  differences: number;
}

interface Check {
  findings: Difference[];
  messages: number;
  window: WindowState;
}

/** Compares heads, messages and stored windows with what log and documents say, while the cluster serves. Writes nothing. */
export async function verify(db: Db, options: VerifyOptions): Promise<Verified> {
  const collections = collectionsOf(db);
  const model = new ReadModel(db);
  const generation = (await collections.meta.findOne({ _id: 'generation' }))?.value ?? '';
  const result: Verified = {
    rooms: 0,
    messages: 0,
    windows: { none: 0, void: 0, outdated: 0, usable: 0 },
    differences: 0,
  };
  const check = (room: string) => checkRoom(collections, model, generation, room);
  const meter = options.meter(options.room === undefined ? await collections.heads.estimatedDocumentCount() : 1);
  const work = async (room: string) => {
    const first = await check(room);
    const sure = await confirmed(first, () => check(room), options.pausesMs ?? PAUSES_MS);
    for (const difference of sure) options.report(difference);
    result.rooms += 1;
    result.messages += first.messages;
    result.windows[first.window] += 1;
    result.differences += sure.length;
    meter.step();
  };
  if (options.room === undefined) {
    await inParallel(allHeads(collections), AT_ONCE, ({ _id }: Head) => work(_id));
    await inParallel(headlessRooms(collections), 1, work);
  } else await work(options.room);
  meter.end();
  return result;
}

/** What is still found after every pause. */
async function confirmed(
  first: Check,
  again: () => Promise<Check>,
  pausesMs: readonly number[],
): Promise<Difference[]> {
  let suspects = first.findings;
  for (const pause of pausesMs) {
    if (suspects.length === 0) break;
    await sleep(pause);
    const still = new Set((await again()).findings.map(keyOf));
    suspects = suspects.filter((one) => still.has(keyOf(one)));
  }
  return suspects;
}

async function checkRoom(collections: Collections, model: ReadModel, generation: string, room: string): Promise<Check> {
  const findings = new Findings(room);
  const head = await collections.heads.findOne({ _id: room });
  if (!head) {
    findings.add('head', 'is missing');
    return { findings: findings.found, messages: 0, window: 'none' };
  }
  const facts = await checkLog(collections, head, findings);
  const messages = await checkMessages(collections, head, facts, findings);
  const window = await checkWindow(collections, model, head, `${generation}.${head.epoch}`, findings);
  return { findings: findings.found, messages, window };
}
