import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { drill, POINTS, type Fault } from '#test/chaos/drill.ts';
import type { Step } from '#test/chaos/protocol.ts';
import type { Places } from '#test/chaos/places.ts';
import { Stage } from '#test/chaos/stage.ts';

const SHORT_MS = 1_000;
/** A flush of other rooms that goes on meanwhile is over by then, in ms. */
const CALM_MS = 1_000;

const cut: Fault = async ({ stage, writer, places }) => {
  stage.proxy.refuse();
  writer.go();
  const problems = await stage.goOn(places);
  stage.proxy.pass();
  return problems;
};

/** Nothing is answered any more, and no connection ends: only time-outs tell. */
const silent: Fault = async ({ stage, writer, places, asked }) => {
  stage.proxy.swallow();
  writer.go();
  const problems = await stage.goOn(places);
  // Those with a short deadline are answered out of the silence.
  await Promise.race([asked, sleep(2 * SHORT_MS)]);
  stage.proxy.pass();
  return problems;
};

/** How far a step of the writer has come, as the second room log sees it. */
async function progress({ collections }: Stage, { hot }: Places, step: Step): Promise<number> {
  if (step === 'append') return collections.log.countDocuments({ room: hot });
  if (step === 'messages') return collections.group.countDocuments({ room: hot });
  return (await collections.heads.findOne({ _id: hot }))?.rev ?? 0;
}

/** The step is carried out, and its answer never arrives. */
const answerLost: Fault = async ({ stage, writer, places, step }) => {
  // Once nothing is answered, no further connection can be opened: the step must find a free one.
  await sleep(CALM_MS);
  const before = await progress(stage, places, step);
  stage.proxy.hold('server');
  writer.go();
  while ((await progress(stage, places, step)) === before) await sleep(10);
  stage.proxy.cut();
  const problems = await stage.goOn(places);
  stage.proxy.pass();
  return problems;
};

/** L5: an append without an outcome is settled, and a projection goes on, once the database can be reached again. */
describe('a writer that loses its connection in the middle of a flush, while another works on the same rooms', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(async () => {
    await stage.close();
  });

  it.each(POINTS)('is cut off %s', async (_point, step, when) => {
    expect(await drill(stage, { name: 'cut', step, when, fault: cut })).toEqual([]);
  });

  it.each(POINTS.slice(0, 3))('hears nothing any more %s', async (_point, step, when) => {
    expect(await drill(stage, { name: 'silent', step, when, fault: silent, budgets: [SHORT_MS, 8_000] })).toEqual([]);
  });

  it.each(['append', 'messages', 'heads'] as const)('never gets the answer to its %s', async (step) => {
    expect(await drill(stage, { name: 'unanswered', step, when: 'before', fault: answerLost })).toEqual([]);
  });

  it('is cut off at the first write of a room', async () => {
    expect(await drill(stage, { name: 'cut', step: 'new-head', when: 'before', fault: cut })).toEqual([]);
  });

  it('has done later nothing of what it had refused', async () => {
    expect(await stage.auditAll()).toEqual([]);
  });
});
