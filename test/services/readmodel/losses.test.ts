import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { verify } from '#tools/verify/verify.ts';
import { submit } from '#test/room-log/support/instances.ts';
import { create, edit, react } from '#test/room-log/support/messages.ts';
import { type Line, openReadModelRig, type ReadModelRig, until } from '#test/services/readmodel/support/rig.ts';

const names = (what: string) => Array.from({ length: 8 }, (_, index) => `${what}-${index}`);

/** Often enough that a commit may fall anywhere. */
const SOON = { changes: 20, ms: 200 };

let rig: ReadModelRig;

beforeAll(async () => {
  rig = await openReadModelRig();
}, 60_000);

afterAll(() => rig.close());

/** Writes to rooms and tells of it, each change once. */
async function talk(line: Line, sent: Map<string, number>): Promise<void> {
  const rooms = [...sent.keys()];
  await Promise.all(
    rooms.map(async (room) => {
      const messageId = `${room}-${sent.get(room)}`;
      await submit(rig.writer, room, create({ messageId }));
      await submit(rig.writer, room, edit(messageId, 'another text'));
      await submit(rig.writer, room, react(messageId, 'bob', '👍'));
    }),
  );
  const events = await rig.eventsOf(...rooms);
  await line.send(events.filter(({ data }) => data.rev > sent.get(data.room)!));
  for (const { data } of events) sent.set(data.room, data.rev);
}

async function expectCurrent(rooms: Iterable<string>): Promise<void> {
  const found: string[] = [];
  const report = ({ room, text }: { room: string; text: string }) => void found.push(`${room}: ${text}`);
  for (const room of rooms) {
    const [stored, head] = [await rig.model.stored(room), await rig.writer.head(room)];
    expect([room, stored?.rev]).toEqual([room, head!.rev]);
    await verify(rig.database.db, { room, pausesMs: [50], meter: () => ({ step() {}, end() {} }), report });
  }
  expect(found).toEqual([]);
}

function spawnFollower({ config }: Line, env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'support/follower-process.ts')], {
    env: {
      PATH: process.env.PATH,
      MONGO_URI: config.mongoUri,
      MONGO_DB_NAME: config.mongoDbName,
      KAFKA_ENABLED: 'true',
      KAFKA_BOOTSTRAP: config.kafkaBootstrap.join(','),
      KAFKA_TOPIC_PREFIX: config.kafkaTopicPrefix,
      KAFKA_GROUP_ID: config.kafkaGroupId,
      ...env,
    },
    stdio: 'inherit',
  });
}

/** An instance that dies between its first window and the commit, and one that comes after it. */
async function killedInstance(rooms: string[]): Promise<void> {
  const line = await rig.openLine();
  await talk(line, new Map(rooms.map((room) => [room, 0])));
  const mortal = spawnFollower(line, { DIE: '1' });
  await once(mortal, 'exit');
  expect(mortal.signalCode).toBe('SIGKILL');
  const stored = await Promise.all(rooms.map((room) => rig.model.stored(room)));
  expect(stored.filter(Boolean).length).toBeGreaterThan(0);
  expect(stored).toContain(null);
  await line.follow({ writeAt: SOON });
  await line.settled();
  await expectCurrent(rooms);
}

describe('nothing is lost', () => {
  it('when instances come and go, and when one is killed between a window and its commit', async () => {
    // At once: Kafka needs ten seconds to notice a death.
    const killed = killedInstance(names('killed'));
    const sent = new Map(names('moved').map((room) => [room, 0]));
    const stays = await rig.follow({ writeAt: SOON });
    for (let turn = 0; turn < 2; turn += 1) {
      const comes = await rig.follow({ writeAt: SOON });
      await until('it has taken events', async () => {
        await talk(rig, sent);
        return comes.stats.events! > 0;
      });
      await comes.stop();
      await talk(rig, sent);
    }
    await rig.settled();
    await expectCurrent(sent.keys());
    expect(stays.stats.dead_letters).toBe(0);
    await stays.stop();
    await killed;
  }, 60_000);

  it('while the database cannot be written to: the topic waits, and no offset is committed', async () => {
    let broken = true;
    const faulty = Object.assign(Object.create(rig.model) as typeof rig.model, {
      async save(window: Parameters<typeof rig.model.save>[0]) {
        if (broken) throw new Error('the database is away');
        return rig.model.save(window);
      },
    });
    const follower = await rig.follow({ model: faulty });
    await submit(rig.writer, 'broken', create());
    await rig.send(await rig.eventsOf('broken'));
    await until('it was tried', () => follower.stats.retried! >= 2);
    expect(Object.values(follower.lag)).toContain(1);
    broken = false;
    await rig.settled();
    expect((await rig.model.stored('broken'))!.rev).toBe(1);
    await follower.stop();
  });
});
