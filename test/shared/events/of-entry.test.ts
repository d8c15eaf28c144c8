import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { eventsOfEntry } from '#shared/events/of-entry.ts';
import { parseEvent } from '#shared/events/parse.ts';
import { referenceOf } from '#shared/events/reference.ts';
import { changeOf, type RoomEvent } from '#shared/events/room-events.ts';
import type { Command, Entry } from '#shared/room-log/types.ts';
import { history } from '#test/shared/room-log/commands.ts';
import { create, MemoryRoom } from '#test/shared/room-log/memory-room.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

/** The entries of a room in which these batches were written, each as one entry. */
function entriesOf(...batches: Command[][]): Entry[] {
  const room = new MemoryRoom('hiking');
  for (const commands of batches) room.run(commands, AT);
  return room.entries;
}

const sent = (event: RoomEvent) => parseEvent(JSON.stringify(event)) as RoomEvent;

/** Without what nobody but the room log may know. */
const withoutKeys = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, one: unknown) => (/^(author|key|keyHash)$/.test(key) ? undefined : one)));

describe('the events of an entry', () => {
  it('are one a change, each with an id of its own, and with the state where the entry has it', () => {
    const [entry] = entriesOf([
      create('a', { text: 'first', author: 'id:u_1', key: 'secret', keyHash: 'hash' }),
      { op: 'edit', messageId: 'a', newText: 'second' },
      { op: 'recolour', usernameLc: 'alice', colour: 'red' },
      { op: 'delete-room' },
    ]);
    const events = eventsOfEntry(entry!, 'gen');
    expect(events.map(({ type, id }) => [type, id])).toEqual([
      ['tm.message.created', 'hiking:gen.epoch-1:1'],
      ['tm.message.edited', 'hiking:gen.epoch-1:2'],
      ['tm.room.recoloured', 'hiking:gen.epoch-1:3'],
      ['tm.room.deleted', 'hiking:gen.epoch-1:4'],
    ]);
    const [created, edited] = events;
    expect(created).toMatchObject({ subject: 'hiking', time: '2026-01-02T03:04:05.000Z', data: { from: 1, to: 4 } });
    // Who only counts new messages finds all of it here, though the state stands at the edit.
    expect(created!.data).toMatchObject({ groupId: 'hiking', messageId: 'a', userId: 'u_1', username: 'Alice' });
    expect(created!.data).not.toHaveProperty('message');
    expect(edited!.data).toMatchObject({ message: { text: 'second', rev: 2 } });
  });

  it('do not tell who used which Idempotency-Key', () => {
    const [entry] = entriesOf([create('a', { author: 'id:u_1', key: 'secret', keyHash: 'hash' })]);
    const text = JSON.stringify(eventsOfEntry(entry!, 'gen'));
    expect(text).not.toMatch(/secret|keyHash|author/);
  });

  it('have what the log has, whatever was done: every one is as its definition says, and leads to the same changes', () => {
    fc.assert(
      fc.property(history(6), (batches) => {
        const room = new MemoryRoom('hiking');
        for (const { commands, at } of batches) room.run(commands, at);
        const changes = room.entries.flatMap((entry) => eventsOfEntry(entry, 'gen').map((one) => changeOf(sent(one))));
        expect(changes).toEqual(room.entries.flatMap((entry) => withoutKeys(entry.changes)));
        expect(changes.map(({ rev }) => rev)).toEqual(Array.from({ length: room.head.rev }, (_, index) => index + 1));
      }),
      { numRuns: 50 },
    );
  });

  it('become a reference that is still an event, without anything that may be large', () => {
    const [entry] = entriesOf([create('a', { text: 'long' })]);
    const reference = sent(referenceOf(eventsOfEntry(entry!, 'gen')[0]!));
    expect(reference.data).toMatchObject({ room: 'hiking', rev: 1, seq: 1, reference: true });
    expect(JSON.stringify(reference)).not.toContain('long');
  });
});
