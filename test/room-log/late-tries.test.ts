import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Instance, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create } from '#test/room-log/support/messages.ts';

let rig: Rig;
let frozen: Instance;
let other: Instance;

beforeAll(async () => {
  rig = await openRig();
  [frozen, other] = [await rig.open(), await rig.open()];
});
afterAll(() => rig.close());

it('L10: a first try that a frozen process reads late is answered with what its repeat stored elsewhere', async () => {
  await submit(other, 'room', create());
  await submit(frozen, 'room', create());
  // The gateway waits no longer for the frozen one.
  const repeat = await submit(other, 'room', create({ messageId: 'late' }));
  // It wakes: a write that was under way loses its race, and by that it learns where the log ends now.
  await submit(frozen, 'room', create());
  const late = await submit(frozen, 'room', create({ messageId: 'late' }, true));
  expect(late).toMatchObject({ replayed: true, message: { seq: repeat.message!.seq } });
  expect((await frozen.window('room'))!.window.items.filter(({ messageId }) => messageId === 'late')).toHaveLength(1);
});
