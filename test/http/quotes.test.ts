import { describe, expect, it } from '@jest/globals';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { useApi } from '#test/http/support/api.ts';
import { around, at, byId, changes, latest, page, say, unique, uniqueDm } from '#test/http/support/rooms.ts';

const api = useApi();

describe.each([
  ['a group room', () => unique('room')],
  ['a DM', () => uniqueDm().dm],
])('a reply in %s', (_name, newRoom) => {
  const original = { username: 'Bob', text: 'When?', kind: 'text', media: { original: 'x' }, audio: { url: 'y' } };

  it('shows the quoted message, named in whichever way, whatever of it was sent', async () => {
    const room = newRoom();
    const { messageId, timestamp } = await say(api, room, original);
    const quote = { messageId, timestamp, ...original };
    for (const reply of [
      { replyToMessageId: messageId },
      { replyTo: { messageId } },
      { replyTo: { messageId, username: 'Forged', text: 'Forged', timestamp: 'x', kind: 'gif' } },
      { replyTo: { messageId, text: '' }, replyToMessageId: 'ignored' },
    ]) {
      const message = await say(api, room, { username: 'Ada', text: 'At eight', ...reply });
      expect(message.replyTo).toMatchObject(quote);
      expect(await byId(api, room, message.messageId)).toEqual(message);
    }
    const byTime = await say(api, room, { username: 'Ada', text: 'x', replyToTimestamp: timestamp });
    expect(byTime.replyTo).toMatchObject({ text: 'When?', timestamp });
  });

  it('shows what was sent when its target is unknown', async () => {
    const room = newRoom();
    const sent = {
      messageId: 'm',
      username: 'Eve',
      text: 'T',
      timestamp: 't',
      kind: 'media',
      media: { a: 1 },
      audio: { b: 2 },
      deleted: true,
      deletedAt: 'd',
    };
    const message = await say(api, room, { replyTo: { ...sent, other: 1 } });
    expect(message.replyTo).toEqual(sent);
    expect(await byId(api, room, message.messageId)).toEqual(message);
    expect((await say(api, room, { replyToMessageId: 'm' })).replyTo).toMatchObject({ messageId: 'm', text: '' });
  });

  it('never reads the quoted id as a query', async () => {
    const room = newRoom();
    await say(api, room, original);
    const answer = await api.post(at(room).replace('/api/dm/', '/api/messages/'), {
      replyTo: { messageId: { $ne: null } },
    });
    expect(answer.status).toBe(422);
    expect(await latest(api, room)).toHaveLength(1);
  });

  it('quotes nothing of another room', async () => {
    const { messageId } = await say(api, newRoom(), original);
    const message = await say(api, newRoom(), { replyTo: { messageId, text: 'as sent' } });
    expect(message.replyTo).toMatchObject({ messageId, text: 'as sent' });
  });

  it('shows edits and the deletion of its target at once, in every answer that has it', async () => {
    const room = newRoom();
    const { messageId } = await say(api, room, original);
    const reply = await say(api, room, { username: 'Ada', text: 'At eight', replyToMessageId: messageId });
    await api.get(`${at(room)}/latest`);
    const everywhere = async (): Promise<MessageView['replyTo'][]> => {
      const found = [
        (await latest(api, room)).at(-1)!,
        await byId(api, room, reply.messageId),
        (await page(api, room)).items.at(-1)!,
        (await around(api, room, reply.messageId)).items.at(-1)!,
        (await changes(api, room)).items.find((one) => one.messageId === reply.messageId)!,
        (await api.get(`${at(room)}/by-ts/${encodeURIComponent(reply.timestamp)}`)).json<MessageView>(),
      ];
      return found.map(({ replyTo }) => replyTo);
    };
    await api.put(`${at(room)}/${messageId}`, { newText: 'When exactly?' });
    for (const quote of await everywhere()) expect(quote).toMatchObject({ messageId, text: 'When exactly?' });
    await api.delete(`${at(room)}/${messageId}`);
    for (const quote of await everywhere()) {
      expect(quote).toMatchObject({ messageId, text: '', deleted: true, deletedAt: expect.any(String) });
      expect(quote).not.toHaveProperty('media');
      expect(quote).not.toHaveProperty('audio');
    }
  });

  it('finds nothing to fill in afterwards', async () => {
    const room = newRoom();
    const { messageId } = await say(api, room, original);
    await say(api, room, { replyToMessageId: messageId });
    const answer = await api.post(`${at(room)}/backfill-replies?limit=10`);
    expect(answer.json()).toEqual({ checked: 1, updated: 0 });
  });
});
