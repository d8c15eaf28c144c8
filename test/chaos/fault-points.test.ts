import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create, deleteRoom } from '#test/chaos/commands.ts';
import { drill, POINTS, type Fault } from '#test/chaos/drill.ts';
import { KEY } from '#test/chaos/places.ts';
import { Stage } from '#test/chaos/stage.ts';

const killed: Fault = async ({ stage, writer, places }) => {
  await writer.kill();
  return stage.goOn(places);
};

const frozen: Fault = async ({ stage, writer, places }) => {
  writer.freeze();
  const problems = await stage.goOn(places);
  writer.thaw();
  writer.go();
  return problems;
};

const FAULTS: Record<string, Fault> = {
  killed,

  async 'killed, and swept before anybody writes'({ stage, writer, places }) {
    await writer.kill();
    await stage.second.sweeper.sweep();
    return stage.audit(places);
  },

  frozen,

  async 'frozen until the sweeper ran'({ stage, writer, places }) {
    writer.freeze();
    await stage.second.sweeper.sweep();
    const problems = await stage.goOn(places);
    writer.thaw();
    writer.go();
    return problems;
  },

  async 'frozen until the room was deleted and begun anew'({ stage, writer, places }) {
    writer.freeze();
    const problems = await stage.bySecond(places.hot, deleteRoom());
    await stage.second.sweeper.sweep();
    problems.push(...(await stage.bySecond(places.hot, create(`${places.hot} anew`, KEY))));
    writer.thaw();
    writer.go();
    return problems;
  },
};

/** Long enough for every write of a drill to have been taken up, short enough to be over when the writer wakes. */
const SHORT_MS = 300;

const frozenTooLong: Fault = async ({ stage, writer, places }) => {
  writer.freeze();
  const problems = await stage.goOn(places);
  await sleep(2 * SHORT_MS);
  writer.thaw();
  writer.go();
  return problems;
};

/** L1, L4, L7: whoever dies or sleeps leaves nothing locked, nothing half done and nothing twice. */
describe('a writer that dies or sleeps in the middle of a flush, while another works on the same rooms', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(async () => {
    await stage.close();
  });

  describe.each(POINTS)('%s', (_point, step, when) => {
    it.each(Object.entries(FAULTS))('%s', async (name, fault) => {
      expect(await drill(stage, { name, step, when, fault })).toEqual([]);
    });

    it('frozen beyond its deadlines', async () => {
      const budgets = [SHORT_MS, 8_000];
      expect(await drill(stage, { name: 'frozen too long', step, when, fault: frozenTooLong, budgets })).toEqual([]);
    });
  });

  describe('at the first write of a room, with its head stored and nothing else', () => {
    it.each(Object.entries({ killed, frozen }))('%s', async (name, fault) => {
      expect(await drill(stage, { name, step: 'new-head', when: 'after', fault })).toEqual([]);
    });

    it('held there beyond its deadlines', async () => {
      const fault: Fault = async ({ writer }) => {
        await sleep(2 * SHORT_MS);
        writer.go();
        return [];
      };
      const budgets = [SHORT_MS, 8_000];
      const held = { name: 'held too long', step: 'new-head', when: 'after', fault, budgets } as const;
      expect(await drill(stage, held)).toEqual([]);
    });
  });

  it('has done later nothing of what it had refused', async () => {
    expect(await stage.auditAll()).toEqual([]);
  });
});
