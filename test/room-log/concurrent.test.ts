import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty } from 'fast-check';
import { isFault } from '#shared/errors.ts';
import type { Command, Message, Outcome } from '#shared/room-log/types.ts';
import { bareAll, expectReads, expectSoundLog } from '#test/room-log/model/check.ts';
import { isRefused, RoomModel } from '#test/room-log/model/model.ts';
import { commandOf, roomsOf, type Step, stepArb } from '#test/room-log/model/steps.ts';
import { type Instance, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';

/** Clocks that run, up to 5 s apart. */
const SKEWS = [-2_500, 0, 2_500];

let rig: Rig;
let instances: Instance[];
let runs = 0;

beforeAll(async () => {
  rig = await openRig();
  instances = [];
  for (const skew of SKEWS) instances.push(await rig.open({ clock: { now: () => Date.now() + skew } }));
});

afterAll(() => rig.close());

interface Answered {
  room: string;
  command: Command;
  outcome: Outcome;
}

/** A command whose change in the log can be told by its operation alone. */
function unique(command: Command, index: number): Command {
  if (command.op === 'recolour') return { ...command, colour: `colour ${index}` };
  if (command.op === 'edit') return { ...command, newText: `text ${index}` };
  return command;
}

/** Sends all steps at once; answers what was acknowledged. Refusals are allowed, other errors are not. */
async function sendAll(rooms: readonly string[], steps: readonly Step[]): Promise<Answered[]> {
  const sent = steps.map(async ({ room: pick, writer, intent }, index): Promise<Answered[]> => {
    const room = rooms[pick]!;
    const command = unique(
      commandOf(intent, () => undefined),
      index,
    );
    try {
      return [{ room, command, outcome: await submit(instances[writer]!, room, command) }];
    } catch (error) {
      if (isFault(error) && error.code < 500) return [];
      throw error;
    }
  });
  return (await Promise.all(sent)).flat();
}

/** The acknowledged commands that a change of the log may stand for. */
function candidates(answered: readonly Answered[], kind: string, rev: number, op: object): Answered[] {
  const ops = { created: 'create', edited: 'edit', deleted: 'delete', reacted: 'react' } as const;
  return answered.filter(({ command, outcome }) => {
    if (kind === 'recoloured') return command.op === 'recolour' && 'colour' in op && command.colour === op.colour;
    if (kind === 'room-deleted') return command.op === 'delete-room' && outcome.count > 0;
    if (
      command.op === 'react' &&
      !isDeepStrictEqual(op, { messageId: command.messageId, ...command.user, emoji: command.emoji })
    )
      return false;
    return command.op === ops[kind as keyof typeof ops] && !outcome.replayed && outcome.message?.rev === rev;
  });
}

/**
 * Replays the room's log with the acknowledged commands. Every change must stand for one of them; every state that was
 * answered must be the state at its rev.
 */
async function replay(room: string, answered: readonly Answered[]): Promise<RoomModel> {
  const model = new RoomModel(room);
  const states = new Map<string, Message>();
  const used = new Set<Answered>();
  for (const { at, changes } of await rig.collections.log.find({ room }).sort({ from: 1 }).toArray())
    for (const { kind, rev, op, message } of changes) {
      const found = candidates(answered, kind, rev, op).find((one) => !used.has(one));
      expect(found).toBeDefined();
      used.add(found!);
      const verdict = model.apply(found!.command, at);
      expect([isRefused(verdict), model.rev]).toEqual([false, rev]);
      if (message) expect(message).toEqual(model.find(message.messageId));
      for (const state of model.messages) states.set(`${state.messageId} ${state.rev}`, state);
    }
  for (const { command, outcome } of answered) {
    const { message } = outcome;
    if (message) expect(message).toEqual(states.get(`${message.messageId} ${message.rev}`));
    else expect(command.op === 'recolour' || command.op === 'delete-room').toBe(true);
  }
  // Acknowledged once, in the log once: creates, edits and toggles always change something.
  const changing = answered.filter(
    ({ command, outcome }) =>
      (command.op === 'create' && !outcome.replayed) ||
      command.op === 'edit' ||
      (command.op === 'react' && command.emoji?.trim()),
  );
  for (const one of changing) expect(used).toContain(one);
  return model;
}

async function run(steps: readonly Step[]): Promise<void> {
  runs += 1;
  const rooms = roomsOf(runs);
  const answered = await sendAll(rooms, steps);
  for (const room of rooms) {
    const model = await replay(
      room,
      answered.filter((one) => one.room === room),
    );
    const visible = { room, seq: { $gt: model.floorSeq } };
    const documents = await rig.collections.messages(room).find(visible).sort({ seq: 1 }).toArray();
    expect(bareAll(documents)).toEqual(model.messages);
    const colours = await rig.collections.colours.find({ room, floorSeq: model.floorSeq }).toArray();
    expect(Object.fromEntries(colours.map(({ usernameLc, colour }) => [usernameLc, colour]))).toEqual(
      Object.fromEntries(Object.entries(model.colours)),
    );
    for (const instance of instances) await expectReads(instance, model, { pageSize: 50, byTime: false });
    await expectSoundLog(instances[0]!, room);
  }
}

describe('the room log under concurrent writers', () => {
  it('leaves a log whose replay is what readers see, with every acknowledged change in it once', async () => {
    const property = asyncProperty(array(stepArb(SKEWS.length), { minLength: 50, maxLength: 120 }), run);
    const proof = assert(property, {
      numRuns: Number(process.env.ROOM_LOG_RUNS ?? 10),
      ...(process.env.ROOM_LOG_SEED && { seed: Number(process.env.ROOM_LOG_SEED) }),
      // What a run does depends on timing: a smaller one may pass.
      endOnFailure: true,
      includeErrorInReport: true,
    });
    await expect(proof).resolves.toBeUndefined();
  }, 120_000);
});
