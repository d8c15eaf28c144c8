import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { changeOf, type RoomEvent } from '#shared/events/room-events.ts';
import { ensureTopics } from '#shared/kafka/topics.ts';
import type { PlaceDocument } from '#shared/relay/place.ts';
import { type Instance, submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, react, recolour, remove } from '#test/room-log/support/messages.ts';
import { openRelayRig, type RelayRig } from '#test/shared/relay/support/rig.ts';
import { firstArrivals, revsOf, SILENT, upTo } from '#test/shared/relay/support/topic-reader.ts';
import { startKafka, type TestKafka } from '#test/support/kafka.ts';

jest.setTimeout(60_000);

let kafka: TestKafka;
let rig: RelayRig;
let rooms: Instance;

beforeAll(async () => {
  kafka = await startKafka();
});
afterAll(() => kafka.stop());

beforeEach(async () => {
  rig = await openRelayRig(kafka.bootstrap);
  rooms = await rig.open();
});
afterEach(() => rig.close());

const places = () => rig.database.db.collection<PlaceDocument>('relay_places');
const placeWhere = async (good: (place: PlaceDocument) => boolean) => {
  for (;;) {
    const place = await places().findOne({ _id: 'rooms' });
    if (place && good(place)) return place;
    await sleep(20);
  }
};
const write = async (room: string, count: number) => {
  for (let n = 0; n < count; n += 1) await submit(rooms, room, create());
};

describe('the relay of rooms', () => {
  it('sends every change once, in order, with what the log says of it', async () => {
    await rig.relay();
    const reader = await rig.read();
    await placeWhere(({ backfill }) => !backfill);
    await submit(rooms, 'dm:ann|bob', create({ messageId: 'a', text: 'one' }));
    await submit(rooms, 'dm:ann|bob', edit('a', 'two'));
    await submit(rooms, 'dm:ann|bob', react('a', 'ben', '👍'));
    await submit(rooms, 'dm:ann|bob', recolour('ann', 'red'));
    await submit(rooms, 'dm:ann|bob', remove('a'));
    await submit(rooms, 'dm:ann|bob', deleteRoom);
    const arrived = await reader.until(({ length }) => length >= 6);
    expect(arrived.map(({ event }) => event.type)).toEqual([
      'tm.message.created',
      'tm.message.edited',
      'tm.message.reacted',
      'tm.room.recoloured',
      'tm.message.deleted',
      'tm.room.deleted',
    ]);
    expect(revsOf(arrived, 'dm:ann|bob')).toEqual(upTo(6));
    const log = await rig.collections.log.find({ room: 'dm:ann|bob' }).sort({ from: 1 }).toArray();
    expect(arrived.map(({ event }) => changeOf(event as RoomEvent))).toEqual(log.flatMap(({ changes }) => changes));
    for (const { event, message } of arrived) {
      expect(message.key).toBe('dm:ann|bob');
      expect(message.headers['content-type']).toMatch(/^application\/cloudevents\+json/);
      expect(event.id).toBe(
        `dm:ann|bob:${rooms.epochOf(await rooms.head('dm:ann|bob'))}:${(event as RoomEvent).data.rev}`,
      );
    }
  });

  it('killed between sending and storing its place, it sends again: at least once, and in order', async () => {
    await write('room', 3);
    const first = await rig.relay();
    const reader = await rig.read();
    await reader.until(({ length }) => length >= 3);
    const before = await placeWhere(({ backfill }) => !backfill);
    await write('room', 3);
    await reader.until(({ length }) => length >= 6);
    await first.stop();
    // As if the process had died before it could store what it has sent.
    await places().replaceOne({ _id: 'rooms' }, before);
    await write('room', 2);
    await rig.relay();
    const arrived = await reader.until((all) => revsOf(all, 'room').includes(8));
    expect(firstArrivals(revsOf(arrived, 'room'))).toEqual(upTo(8));
    expect(revsOf(arrived, 'room').length).toBeGreaterThan(8);
    const ids = arrived.map(({ event }) => event.id);
    expect(new Set(ids).size).toBe(8);
  });

  it('a second relay waits for the lease, takes over from where the first stopped, and two at once lose nothing', async () => {
    const first = await rig.relay();
    const reader = await rig.read();
    await write('room', 2);
    await reader.until(({ length }) => length >= 2);
    const second = await rig.relay();
    expect([first.leading, second.leading]).toEqual([true, false]);
    // As after a stop of the world: the lease ran out, and the first does not know yet.
    while (!second.leading) {
      await rig.collections.meta.deleteOne({ _id: 'lease:relay-rooms' });
      await sleep(20);
    }
    await write('room', 20);
    await first.stop();
    await write('room', 2);
    const arrived = await reader.until((all) => revsOf(all, 'room').includes(24));
    expect(firstArrivals(revsOf(arrived, 'room'))).toEqual(upTo(24));
  });

  it('without a place it sends the whole log, and goes on', async () => {
    await write('a', 3);
    await write('b', 3);
    const first = await rig.relay();
    const reader = await rig.read();
    await reader.until(({ length }) => length >= 6);
    await first.stop();
    await places().deleteOne({ _id: 'rooms' });
    const second = await rig.relay();
    await write('b', 1);
    await reader.until((all) => revsOf(all, 'b').includes(4));
    const arrived = await reader.until(({ length }) => length >= 13);
    expect(revsOf(arrived, 'a')).toEqual([1, 2, 3, 1, 2, 3]);
    expect(firstArrivals(revsOf(arrived, 'b'))).toEqual(upTo(4));
    expect(second.stats.backfilled).toBeGreaterThanOrEqual(6);
  });

  it('with a token that the database does not take it sends what was stored since, and an hour before to be sure', async () => {
    await write('old', 2);
    await write('new', 2);
    const first = await rig.relay();
    const reader = await rig.read();
    await reader.until(({ length }) => length >= 4);
    await first.stop();
    const { sentTo } = await placeWhere(({ backfill }) => !backfill);
    await places().updateOne({ _id: 'rooms' }, { $set: { token: { _data: 'nonsense' } } });
    await rig.collections.log.updateMany({ room: 'old' }, { $set: { at: sentTo - 3_600_001 } });
    await write('new', 1);
    const second = await rig.relay();
    const arrived = await reader.until((all) => revsOf(all, 'new').includes(3));
    expect(revsOf(arrived, 'old')).toEqual([1, 2]);
    expect(revsOf(arrived, 'new')).toEqual([1, 2, 1, 2, 3]);
    expect(second.stats.lostPlaces).toBe(1);
  });

  it('sends everything again, under new epochs, after a backup was restored', async () => {
    await write('room', 2);
    const first = await rig.relay();
    const reader = await rig.read();
    await reader.until(({ length }) => length >= 2);
    await first.stop();
    await rig.collections.meta.updateOne({ _id: 'generation' }, { $set: { value: 'restored' } });
    await rig.relay();
    const arrived = await reader.until(({ length }) => length >= 4);
    const epochs = arrived.map(({ event }) => (event as RoomEvent).data.epoch);
    expect(new Set(epochs.slice(2))).toEqual(new Set([expect.stringMatching(/^restored\./)]));
    expect(epochs[0]).not.toBe(epochs[2]);
  });

  it('an event that Kafka refuses as too large goes out as a reference, and the rest as ever', async () => {
    await ensureTopics({ config: rig.config, logger: SILENT, topics: [rig.topic()], maxMessageBytes: 8_000 });
    const relay = await rig.relay();
    const reader = await rig.read();
    await submit(rooms, 'room', create({ text: 'small' }));
    // Random, so that compression does not save it.
    await submit(rooms, 'room', create({ text: randomBytes(9_000).toString('base64') }));
    await submit(rooms, 'room', create({ text: 'small again' }));
    const arrived = await reader.until((all) => revsOf(all, 'room').includes(3));
    expect(firstArrivals(revsOf(arrived, 'room'))).toEqual(upTo(3));
    const reference = arrived.find(({ event }) => 'reference' in event.data)!.event as RoomEvent;
    expect(reference.data).toMatchObject({ room: 'room', rev: 2, seq: 2, reference: true });
    expect(reference.data).not.toHaveProperty('message');
    // What is sent again counts again.
    expect(relay.stats.references).toBeGreaterThanOrEqual(1);
  });

  it('while Kafka is away writes go on, nothing is read ahead, and all is caught up after its return', async () => {
    const relay = await rig.relay();
    const reader = await rig.read();
    await write('room', 2);
    await reader.until(({ length }) => length >= 2);
    await reader.close();
    await kafka.kill();
    await write('room', 5);
    // The one answer that it holds is all it reads.
    while (relay.lagMs === 0) await sleep(20);
    const read = rig.commands.get('getMore');
    await write('room', 200);
    expect(rig.commands.get('getMore')).toBe(read);
    expect(relay.lagMs).toBeGreaterThan(0);
    // Another database, whose relay has never seen Kafka.
    const late = await openRelayRig(kafka.bootstrap);
    await late.relay();
    const lateRooms = await late.open();
    await submit(lateRooms, 'room', create());
    await kafka.start();
    const after = await rig.read();
    const arrived = await after.until((all) => revsOf(all, 'room').includes(207));
    expect(firstArrivals(revsOf(arrived, 'room'))).toEqual(upTo(207));
    await (await late.read()).until((all) => revsOf(all, 'room').includes(1));
    await late.close();
  });
});
