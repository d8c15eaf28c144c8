import type { Document } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '#test/chaos/commands.ts';
import { drill } from '#test/chaos/drill.ts';
import type { Failure, Step, When } from '#test/chaos/protocol.ts';
import { placesOf } from '#test/chaos/places.ts';
import { Stage } from '#test/chaos/stage.ts';

const REFUSALS: [failure: Failure, when: When][] = [
  ['not-primary', 'before'],
  ['network', 'after'],
  ['write-concern', 'after'],
];
const STEPS: Step[] = ['append', 'messages', 'heads'];

describe('a writer that the database refuses in the middle of a flush', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(async () => {
    await stage.close();
  });

  const validate = (collection: string, validator: Document) =>
    stage.database.db.command({ collMod: collection, validator });

  /** Has one flush bring `poison` into the hot room among the messages of a drill; answers what became of it. */
  async function poisoned(name: string, poison: string) {
    const places = placesOf(name);
    await stage.prime(places);
    const writer = await stage.writer();
    const there = writer.stopAt('append', 'before');
    const decoy = stage.ledger.write(writer, `${name}-own`, create(`${name} decoy`));
    await there;
    const bad = stage.ledger.write(writer, places.hot, create(poison));
    const good = stage.ask(places);
    writer.go();
    await decoy;
    return { places, bad: await bad, good: await good };
  }

  describe.each(REFUSALS)('%s, %s the step was carried out (L5)', (failure, when) => {
    it.each(STEPS)('%s', async (step) => {
      const writer = await stage.writer();
      const { unsettled } = await writer.stats();
      const problems = await drill(stage, {
        name: failure,
        step,
        when,
        async fault({ places }) {
          writer.go(failure);
          return stage.goOn(places);
        },
      });
      expect(problems).toEqual([]);
      expect((await writer.stats()).unsettled - unsettled).toBe(step === 'append' ? 1 : 0);
    });
  });

  describe('over one document', () => {
    afterEach(async () => {
      for (const collection of ['room_log', 'group_messages', 'rooms']) await validate(collection, {});
    });

    it('L6: an entry that is refused takes only its own bad write with it', async () => {
      await validate('room_log', { 'changes.message.text': { $ne: 'refused by the log' } });
      const { places, bad, good } = await poisoned('log', 'refused by the log');
      expect(bad).toMatchObject({ status: 'refused', code: 'bug' });
      expect(good.map(({ status }) => status)).not.toContain('refused');
      expect(await stage.aftermath(places)).toEqual([]);
    });

    it('L4: an entry that cannot be projected holds back its own room only, and until it can', async () => {
      await validate('group_messages', { text: { $ne: 'refused by the messages' } });
      const { places, bad, good } = await poisoned('messages', 'refused by the messages');
      expect(bad).toMatchObject({ status: 'refused', code: 'outcome_unknown' });
      // The first eight are of the same room.
      expect(good.slice(8).map(({ status }) => status)).not.toContain('refused');
      const { hot, other, dm } = places;
      const writer = await stage.writer();
      const next = [hot, other, dm].map((room) => stage.ledger.write(writer, room, create(`${room} next`)));
      const [held, ...free] = await Promise.all(next);
      expect(held!.status).toBe('refused');
      expect(free.map(({ status }) => status)).toEqual(['acknowledged', 'acknowledged']);
      await validate('group_messages', {});
      const again = await stage.ledger.write(writer, hot, create(`${hot} released`));
      expect(again.status).toBe('acknowledged');
      expect(await stage.audit(places)).toEqual([]);
    });

    it('L4: nobody is answered before the head has moved', async () => {
      await validate('rooms', { $or: [{ _id: { $ne: placesOf('heads').hot } }, { seq: { $lt: 3 } }] });
      const { places, bad, good } = await poisoned('heads', 'held by its head');
      expect(bad).toMatchObject({ status: 'refused', code: 'outcome_unknown' });
      expect(good.slice(8).map(({ status }) => status)).not.toContain('refused');
      await validate('rooms', {});
      expect(await stage.aftermath(places)).toEqual([]);
    });
  });

  it('has done later nothing of what it had refused', async () => {
    expect(await stage.auditAll()).toEqual([]);
  });
});
