import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { drill } from '#test/guarantees/drill.ts';
import { faults } from '#test/guarantees/faults.ts';
import { problemsOf } from '#test/guarantees/report.ts';
import { openStage, type Stage } from '#test/guarantees/stage.ts';
import { hangUp } from '#test/http/support/http.ts';
import { runTool } from '#test/support/tool.ts';

/** The short form of `npm run guarantees`: two of its faults, without Kafka. */
const FAULTS = ['SIGKILL messages-1', 'SIGKILL primary'];

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ events: false });
}, 120_000);
afterAll(async () => {
  hangUp();
  await stage?.stop();
}, 60_000);

it.each(FAULTS)(
  'keeps the promises: %s',
  async (name) => {
    const fault = faults().find((one) => one.name === name)!;
    const result = await drill(stage, fault, FAULTS.indexOf(name));
    expect(result).toMatchObject({ done: true });
    expect(problemsOf(result)).toEqual([]);
  },
  120_000,
);

it('leaves a database that the verify tool finds sound', async () => {
  const verify = await runTool('verify', [], tmpdir(), { MONGO_URI: stage.replicaSet.uri });
  expect(verify).toMatchObject({ code: 0 });
}, 60_000);
