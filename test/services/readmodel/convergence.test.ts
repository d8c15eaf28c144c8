import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RoomEvent } from '#shared/events/room-events.ts';
import { Consumer } from '#shared/kafka/consumer.ts';
import type { Incoming } from '#shared/kafka/batch.ts';
import { topicOf } from '#shared/kafka/topics.ts';
import { submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, react, recolour, remove } from '#test/room-log/support/messages.ts';
import { openReadModelRig, type ReadModelRig, silent, until } from '#test/services/readmodel/support/rig.ts';

let rig: ReadModelRig;

beforeAll(async () => {
  rig = await openReadModelRig();
}, 60_000);

afterAll(() => rig.close());

/** A room with every kind of change. */
async function talk(room: string): Promise<void> {
  const { writer } = rig;
  await submit(writer, room, create({ messageId: `${room}-a`, text: 'one' }));
  await Promise.all(
    ['b', 'c', 'd'].map((id) => submit(writer, room, create({ messageId: `${room}-${id}`, username: 'Bob' }))),
  );
  await submit(writer, room, edit(`${room}-a`, 'two'));
  await submit(writer, room, react(`${room}-b`, 'ann', '👍'));
  await submit(writer, room, recolour('bob', '#123456'));
  await submit(writer, room, remove(`${room}-c`));
  await submit(writer, room, create({ replyTo: { messageId: `${room}-a`, text: 'one' } }));
}

/** The stored window says what a query says. */
async function expectCurrent(room: string): Promise<void> {
  const fresh = (await (await rig.open()).window(room))!.window;
  expect(await rig.model.load(room)).toEqual(fresh);
}

async function deadLetters(count: number): Promise<Incoming[]> {
  const found: Incoming[] = [];
  const reader = new Consumer({
    config: rig.config,
    logger: silent,
    groupId: `${rig.config.kafkaGroupId}-letters`,
    topics: [topicOf(rig.config, 'dead-letters')],
    take: async ({ messages }) => void found.push(...messages),
  });
  reader.start();
  try {
    await until('the dead letters are there', () => found.length >= count);
  } finally {
    await reader.close();
  }
  return found;
}

describe('the read model', () => {
  it('has the windows of rooms as events tell of them, whatever their order, however often, and with holes', async () => {
    const follower = await rig.follow();
    const rooms = ['plain', 'twice', 'backwards', 'holes', 'first-alone', 'dm:ann|bob', 'reference'];
    for (const room of rooms) await talk(room);
    const all = Object.fromEntries(
      await Promise.all(rooms.map(async (room) => [room, await rig.eventsOf(room)] as const)),
    );
    const last = (room: string) => all[room]!.at(-1)!;
    await rig.send(all.plain!);
    await rig.send([...all.twice!, ...all.twice!]);
    await rig.send(all.backwards!.toReversed());
    await rig.send(all.holes!.filter((_, index) => index % 3 === 2));
    await rig.send([all['first-alone']![0]!]);
    await rig.send(all['dm:ann|bob']!);
    const { message: _left, ...data } = last('reference').data as { message?: unknown };
    await rig.send([{ ...last('reference'), data: { ...data, reference: true } } as RoomEvent]);
    await rig.settled();
    for (const room of rooms) await expectCurrent(room);
    expect(follower.stats.dead_letters).toBe(0);

    const before = follower.stats.written!;
    await rig.send(all.plain!);
    await rig.settled();
    expect(follower.stats.written).toBe(before);

    await submit(rig.writer, 'plain', deleteRoom);
    await rig.send((await rig.eventsOf('plain')).slice(-1));
    await rig.settled();
    expect(await rig.model.load('plain')).toMatchObject({ items: [] });

    // An epoch that is over (a restored backup) is not news.
    await rig.send([
      { ...last('twice'), data: { ...last('twice').data, epoch: 'of.before', rev: 900, to: 900 } } as RoomEvent,
    ]);
    await rig.settled();
    await expectCurrent('twice');
    expect(follower.stats.dead_letters).toBe(0);
    await follower.stop();
  });

  it('puts what is no event of ours into the dead-letter topic, with its reason and where it came from, and goes on', async () => {
    await talk('good');
    const events = await rig.eventsOf('good');
    const [event] = events as [RoomEvent];
    const text = JSON.stringify(event);
    const follower = await rig.follow();
    const bad: [reason: string, value: string][] = [
      ['not_json', text.slice(0, text.length / 2)],
      ['not_an_event', '{"type":"message_created","groupId":"good"}'],
      ['foreign_type', JSON.stringify({ ...event, type: 'com.example.thing', dataschema: 'urn:x' })],
      ['unknown_version', JSON.stringify({ ...event, dataschema: event.dataschema.replace(/1$/, '2') })],
      ['invalid_data', JSON.stringify({ ...event, data: { ...event.data, rev: 'seven' } })],
      ['not_in_log', JSON.stringify({ ...event, data: { ...event.data, rev: 5_000, from: 5_000, to: 5_000 } })],
    ];
    const [first, ...others] = events;
    await rig.send([first!]);
    await rig.send(
      bad.map(([, value]) => value),
      'good',
    );
    await rig.send(others);
    await rig.settled();
    await expectCurrent('good');
    expect(follower.stats.dead_letters).toBe(bad.length);
    const letters = await deadLetters(bad.length);
    expect(letters.map(({ headers, value }) => [headers.reason, value!.toString()])).toEqual(bad);
    const topic = topicOf(rig.config, 'messages');
    for (const { key, headers } of letters) {
      expect(key).toBe('good');
      expect(headers).toMatchObject({
        topic,
        partition: expect.stringMatching(/^\d$/),
        offset: expect.stringMatching(/^\d+$/),
      });
      expect(headers.detail).not.toBe('');
    }
    expect(new Set(letters.map(({ headers }) => `${headers.partition} ${headers.offset}`)).size).toBe(bad.length);
    await follower.stop();
  });
});
