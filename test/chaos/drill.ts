import type { Answer, Step, When } from '#test/chaos/protocol.ts';
import { placesOf, type Places } from '#test/chaos/places.ts';
import type { Stage } from '#test/chaos/stage.ts';
import type { WriterProcess } from '#test/chaos/writer-process.ts';

/** What a fault works on. The writer stands between two steps and waits. */
export interface Scene {
  stage: Stage;
  writer: WriterProcess;
  places: Places;
  step: Step;
  /** The answers to what it was asked. */
  asked: Promise<Answer[]>;
}

/** Does its evil, has the second room log go on meanwhile, and lets the writer go; answers what went wrong with the second. */
export type Fault = (scene: Scene) => Promise<string[]>;

/** Between which two steps of a write (L4) the writer comes to grief. */
export const POINTS: [name: string, step: Step, when: When][] = [
  ['before the append', 'append', 'before'],
  ['between append and messages', 'messages', 'before'],
  ['between messages and heads', 'heads', 'before'],
  ['between heads and answer', 'heads', 'after'],
];

export interface Drill {
  name: string;
  step: Step;
  when: When;
  fault: Fault;
  /** How long each write may take, in ms, in turn. */
  budgets?: number[];
}

/** Brings the writer to the step, lets the fault happen there, and answers all that is wrong afterwards. */
export async function drill(stage: Stage, { name, step, when, fault, budgets }: Drill): Promise<string[]> {
  const writer = await stage.writer();
  const places = placesOf(`${name} ${when} ${step}`.replaceAll(/[ ,]+/g, '-'));
  // A new head is stored only by the first write of a room.
  if (step !== 'new-head') await stage.prime(places);
  const { projectionFailures } = await writer.stats();
  const there = writer.stopAt(step, when);
  const asked = stage.ask(places, budgets);
  await there;
  const problems = await fault({ stage, writer, places, step, asked });
  await asked;
  problems.push(...(await stage.aftermath(places)));
  const stats = await (await stage.writer()).stats();
  if (stats.projectionFailures > projectionFailures) problems.push('a projection of the writer failed');
  return problems;
}
