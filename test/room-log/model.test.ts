import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty } from 'fast-check';
import { RoomModel } from '#test/room-log/model/model.ts';
import { expectAnswer, expectFeed, expectReads, expectSoundLog } from '#test/room-log/model/check.ts';
import type { Replica } from '#test/room-log/model/reads.ts';
import { commandOf, roomsOf, type Step, stepArb } from '#test/room-log/model/steps.ts';
import { type Instance, ManualClock, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';

const START = Date.UTC(2026, 0, 1);
const YEAR = 365 * 24 * 3_600_000;
/** Clocks up to 5 s apart, and one that is a year ahead. */
const SKEWS = [0, 5_000, YEAR];

let rig: Rig;
let instances: Instance[];
const clocks = SKEWS.map((skew) => new ManualClock(START, skew));
let runs = 0;

beforeAll(async () => {
  rig = await openRig();
  instances = [];
  for (const clock of clocks) instances.push(await rig.open({ clock }));
});

afterAll(() => rig.close());

/** Runs the steps one after the other against the model, in rooms of their own, and compares after every one. */
async function run(steps: readonly Step[]): Promise<void> {
  runs += 1;
  const models = roomsOf(runs).map((room) => new RoomModel(room));
  const replicas: Replica[][] = models.map(() => [{ cursor: '0', messages: new Map() }]);
  for (const step of steps) {
    const [writer, reader] = [instances[step.writer]!, instances[step.reader]!];
    const model = models[step.room]!;
    for (const clock of clocks) clock.time += step.tick;
    // By the right clock: a sweeper that is a year ahead would forget entries that writers still count on.
    if (step.sweep) await instances[0]!.sweeper.sweep();
    const command = commandOf(step.intent, (messageId) => model.find(messageId)?.timestamp);
    const verdict = model.apply(command, clocks[step.writer]!.now());
    const [outcome] = await Promise.allSettled([submit(writer, model.room, command)]);
    expectAnswer(outcome, verdict);
    await expectReads(reader, model, step);
    const known = replicas[step.room]!;
    known.push(await expectFeed(reader, model, known[step.cursor % known.length]!, step.feedSize));
  }
  for (const model of models) await expectSoundLog(instances[0]!, model.room);
}

describe('the room log against a model', () => {
  it('agrees after every step, written and read through three instances whose clocks differ', async () => {
    const property = asyncProperty(array(stepArb(SKEWS.length), { minLength: 20, maxLength: 60 }), run);
    const proof = assert(property, {
      numRuns: Number(process.env.ROOM_LOG_RUNS ?? 10),
      // A failure names its seed. Making it smaller takes minutes: ROOM_LOG_SEED=… ROOM_LOG_SHRINK=1.
      ...(process.env.ROOM_LOG_SEED && { seed: Number(process.env.ROOM_LOG_SEED) }),
      endOnFailure: !process.env.ROOM_LOG_SHRINK,
      includeErrorInReport: true,
    });
    await expect(proof).resolves.toBeUndefined();
  }, 180_000);
});
