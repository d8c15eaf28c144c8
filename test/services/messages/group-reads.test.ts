import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { profiled } from '#test/shared/rooms/profiled.ts';
import { refused, roomBroker, type RoomBroker } from '#test/shared/rooms/room-broker.ts';

const DATABASE_ID = '0123456789abcdef01234567';
let rooms: RoomBroker;
beforeAll(async () => {
  rooms = await roomBroker({ [DATABASE_ID]: 'old-group' });
});
afterAll(() => rooms.stop());

const previews = (asked: string[]) => rooms.call('messages.previews', { rooms: asked });

describe('previews', () => {
  it('are of the newest message that is neither deleted nor a system line, in the order asked', async () => {
    await rooms.post('p1', { text: 'first', username: 'Alice' });
    const second = await rooms.post('p1', { text: ' second ', username: 'Bob' });
    await rooms.post('p1', { text: 'A joined', username: 'system' });
    const third = await rooms.post('p1', { text: 'third' });
    await rooms.call('messages.remove', { room: 'p1', messageId: third.messageId });
    await rooms.post('p2', { kind: 'media', text: 'https://x/a.png', media: { original: 'https://x/a.png' } });
    const found = await previews(['p2', 'nowhere', 'p1', 'p2']);
    expect(found[1]).toBeNull();
    expect(found[2]).toEqual({
      username: 'Bob',
      text: ' second ',
      previewText: 'second',
      voiceNote: false,
      kind: null,
      createdAt: second.createdAt,
      timestamp: second.timestamp,
      hasMedia: false,
      mediaType: null,
      audioDurationMs: null,
    });
    expect(found[0]).toMatchObject({ previewText: 'Photo', hasMedia: true, mediaType: 'photo' });
    expect(found[3]).toEqual(found[0]);
  });

  it('of rooms in which nothing happened cost the heads and no message', async () => {
    await rooms.post('quiet', { text: 'hush' });
    await previews(['quiet']);
    const collections = (await profiled(rooms.database.db, () => previews(['quiet']))).map(
      ({ collection }) => collection,
    );
    expect(collections.filter((name) => /messages/.test(name))).toEqual([]);
    const { messageId } = await rooms.post('quiet', { text: 'new' });
    expect((await previews(['quiet']))[0]).toMatchObject({ text: 'new' });
    await rooms.call('messages.edit', { room: 'quiet', messageId, newText: 'newer' });
    expect((await previews(['quiet']))[0]).toMatchObject({ text: 'newer' });
    await rooms.call('messages.deleteRoom', { room: 'quiet' });
    expect(await previews(['quiet'])).toEqual([null]);
  });
});

describe('the inbox', () => {
  it('has the groups in the order asked, by slug or databaseId, then the DM threads of the user', async () => {
    const media = { original: 'https://x/a.png' };
    await rooms.post('in1', { text: 'one', username: 'A', kind: 'media', media });
    await rooms.post('old-group', { text: 'two', username: 'B' });
    await rooms.post('dm:carol|dave', { text: 'older', username: 'dave' });
    const dm = await rooms.post('dm:carol|erin', { text: 'newer', username: 'erin', media });
    const { previews: found } = await rooms.call('messages.inbox', {
      groups: ['', DATABASE_ID, 'nowhere', ' in1 ', 'old-group', 'dm:carol|dave', 'dm:'],
      user: ' Carol ',
    });
    expect(found).toEqual([
      { threadId: 'old-group', username: 'B', text: 'two', kind: null, timestamp: expect.any(String), media: null },
      { threadId: 'in1', username: 'A', text: 'one', kind: 'media', timestamp: expect.any(String), media },
      { threadId: 'dm:carol|erin', username: 'erin', text: 'newer', kind: null, timestamp: dm.timestamp, media },
      {
        threadId: 'dm:carol|dave',
        username: 'dave',
        text: 'older',
        kind: null,
        timestamp: expect.any(String),
        media: null,
      },
    ]);
    await rooms.call('dm.remove', { room: 'dm:carol|erin', messageId: dm.messageId });
    const again = await rooms.call('messages.inbox', { groups: [], user: 'carol' });
    expect(again.previews[0]).toMatchObject({ threadId: 'dm:carol|erin', text: '', media: null });
  });

  it('without a user has no DM at all', async () => {
    expect(await rooms.call('messages.inbox', { groups: ['dm:carol|erin'] })).toEqual({ previews: [] });
    expect(await rooms.call('messages.inbox', { groups: [], user: '  ' })).toEqual({ previews: [] });
  });
});

describe('recordings', () => {
  const audio = { url: 'https://x/a.webm', durationMs: 5 };
  const record = (room: string, username = 'Singer') => rooms.post(room, { kind: 'audio', username, audio });

  it('are the audio messages of a user in group rooms, newest first', async () => {
    const first = await record('rec1');
    const second = await record('old-group', ' SINGER ');
    const deleted = await record('rec1');
    await rooms.call('messages.remove', { room: 'rec1', messageId: deleted.messageId });
    await rooms.call('messages.react', { room: 'rec1', messageId: first.messageId, emoji: 'x', user: { userId: 'u' } });
    await rooms.post('rec1', { username: 'Singer', text: 'no audio' });
    await record('rec1', 'Other');
    await record('dm:singer|x');
    await record('rec-gone');
    await rooms.call('messages.deleteRoom', { room: 'rec-gone' });
    const { items } = await rooms.call('messages.recordings', { username: 'singer ' });
    expect(items.map((one) => ({ ...one, reactions: { ...one.reactions } }))).toEqual([
      {
        roomId: 'old-group',
        groupId: 'old-group',
        messageId: second.messageId,
        timestamp: second.timestamp,
        createdAt: second.createdAt,
        username: ' SINGER ',
        kind: 'audio',
        audio,
        reactions: {},
      },
      {
        roomId: 'rec1',
        groupId: 'rec1',
        messageId: first.messageId,
        timestamp: first.timestamp,
        createdAt: first.createdAt,
        username: 'Singer',
        kind: 'audio',
        audio,
        reactions: { u: { emoji: 'x', at: expect.any(Number), userId: 'u', username: null } },
      },
    ]);
    const of = async (groupId: string, limit?: number) =>
      (await rooms.call('messages.recordings', { username: 'SINGER', groupId, limit })).items.map(
        ({ roomId }) => roomId,
      );
    expect(await of(DATABASE_ID)).toEqual(['old-group']);
    expect(await of('rec1', 0)).toEqual(['rec1']);
    expect(await of('rec-gone')).toEqual([]);
    expect(await of('nowhere')).toEqual([]);
    expect(await of('dm:singer|x')).toEqual([]);
  });

  it('need a name', async () => {
    await expect(rooms.call('messages.recordings', { username: '  ' })).rejects.toEqual(
      refused('username_required', 400),
    );
  });
});
