import { create, deleteRoom } from '#test/chaos/commands.ts';
import type { Answer } from '#test/chaos/protocol.ts';
import { KEY, type Places, type Stage } from '#test/chaos/stage.ts';
import type { WriterProcess } from '#test/chaos/writer-process.ts';

/** What a fault works on. The writer stands between two steps and waits. */
export interface Scene {
  stage: Stage;
  writer: WriterProcess;
  places: Places;
  /** The answers to what it was asked. */
  asked: Promise<Answer[]>;
}

/** Does its evil, has the second room log go on meanwhile, and lets the writer go; answers what went wrong with the second. */
export type Fault = (scene: Scene) => Promise<string[]>;

export const FAULTS: Record<string, Fault> = {
  async killed({ stage, writer, places }) {
    await writer.kill();
    return stage.goOn(places);
  },

  async 'killed, and swept before anybody writes'({ stage, writer, places }) {
    await writer.kill();
    await stage.second.sweeper.sweep();
    return stage.audit(places);
  },

  async frozen({ stage, writer, places }) {
    writer.freeze();
    const problems = await stage.goOn(places);
    writer.thaw();
    writer.go();
    return problems;
  },

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

  async 'cut off'({ stage, writer, places }) {
    stage.proxy.refuse();
    writer.go();
    const problems = await stage.goOn(places);
    stage.proxy.pass();
    return problems;
  },

  async refused({ stage, writer, places }) {
    writer.go('not-primary');
    return stage.goOn(places);
  },
};
