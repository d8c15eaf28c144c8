import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Step, When } from '#test/chaos/protocol.ts';
import { placesOf, Stage } from '#test/chaos/stage.ts';
import { FAULTS, type Fault } from '#test/chaos/faults.ts';

/** L4, L5, L7: between which two steps the writer comes to grief. */
const POINTS: [name: string, step: Step, when: When][] = [
  ['before the append', 'append', 'before'],
  ['between append and messages', 'messages', 'before'],
  ['between messages and heads', 'heads', 'before'],
  ['between heads and answer', 'heads', 'after'],
];

describe('a writer that comes to grief in the middle of a flush, while another works on the same rooms', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(async () => {
    await stage.close();
  });

  async function drill(fault: Fault, name: string, step: Step, when: When, budgets?: number[]): Promise<string[]> {
    const writer = await stage.writer();
    const places = placesOf(name);
    if (step !== 'new-head') await stage.prime(places);
    const there = writer.stopAt(step, when);
    const asked = stage.ask(places, budgets);
    await there;
    const problems = await fault({ stage, writer, places, asked });
    await asked;
    return [...problems, ...(await stage.aftermath(places))];
  }

  describe.each(POINTS)('%s', (_point, step, when) => {
    it.each(Object.entries(FAULTS))('%s', async (name, fault) => {
      expect(await drill(fault, `${name} ${when} ${step}`.replaceAll(/[ ,]+/g, '-'), step, when)).toEqual([]);
    });
  });

  it('has done later nothing of what it had refused', async () => {
    expect(await stage.auditAll()).toEqual([]);
  });
});
