import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatClient } from '#test/clients/socket-client.ts';
import { newMessage } from '#test/clients/support/shapes.ts';
import { useStage } from '#test/clients/support/stage.ts';
import { say, talk } from '#test/clients/support/talk.ts';
import type { ReactionResult } from '#test/clients/support/types.ts';

const stage = useStage();

type Reacted = Pick<ReactionResult, 'messageId' | 'reactions' | 'summary'>;

describe('users in a group', () => {
  it('read each other: the message comes back whole, with one call', async () => {
    const { room, alice, bob } = await talk(stage);
    const { localId, ...message } = await say(room, [alice, bob], 'Shall we meet?');
    const { userId, username, bubbleColor } = alice.user;
    expect(localId).toBeDefined();
    expect(message).toMatchObject(newMessage(room, { userId, username, bubbleColor, text: 'Shall we meet?' }));
    await stage.recorder.next(`POST /messages/${room}`);
    expect((await stage.messages(room)).at(-1)).toEqual(message);
  });

  it('send pictures and voice, which are kept as sent', async () => {
    const { room, alice, bob } = await talk(stage);
    const media = { original: 'https://media.example.com/a.jpg', preview: 'https://media.example.com/b.jpg' };
    const audio = { url: 'https://media.example.com/c.webm', durationMs: 4_200 };
    const sent = { kind: 'media', media: { ...media, width: 3, height: 4 } };
    // The socket server lets through only what it knows of media.
    expect(await say(room, [alice, bob], media.original, sent)).toMatchObject({ kind: 'media', media });
    expect((await stage.messages(room)).at(-1)!.media).toEqual(media);
    expect(await say(room, [bob, alice], '', { kind: 'audio', audio })).toMatchObject({ kind: 'audio', audio });
  });

  it('reply to what was said just now: the quote is found at once', async () => {
    const { room, alice, bob } = await talk(stage);
    const first = await say(room, [alice, bob], 'Tea?');
    stage.recorder.fresh();
    const { messageId, username, text, timestamp } = first;
    const quote = { messageId, username, text, timestamp };
    const reply = await say(room, [bob, alice], 'Yes', { replyToMessageId: messageId, replyTo: quote });
    expect(reply.replyTo).toMatchObject(quote);
    await stage.recorder.next(`GET /messages/${room}/by-id/${messageId}`, `POST /messages/${room}`);
  });

  it('edit what they said just now; quotes show the new text, and others may not', async () => {
    const { room, alice, bob } = await talk(stage);
    const { messageId } = await say(room, [alice, bob], 'Tee?');
    const reply = await say(room, [bob, alice], 'Yes', { replyToMessageId: messageId });
    stage.recorder.fresh();
    alice.emit('edit-message', { groupId: room, messageId, newText: 'Tea?' });
    const edited = await bob.next<{ lastEditedAt: string }>('message-edited');
    expect(await alice.next('message-edited')).toEqual(edited);
    expect(edited).toMatchObject({ groupId: room, messageId, newText: 'Tea?' });
    // No look into the newest hundred: by-id knows a message that is a moment old.
    const calls = [`GET /messages/${room}/by-id/${messageId}`, `PUT /messages/${room}/${messageId}`];
    await stage.recorder.next(...calls);
    const stored = await stage.messages(room);
    expect(stored.find((one) => one.messageId === messageId)).toMatchObject({
      text: 'Tea?',
      edited: true,
      lastEditedAt: edited.lastEditedAt,
      edits: [{ previousText: 'Tee?', editedAt: edited.lastEditedAt }],
    });
    expect(stored.find((one) => one.messageId === reply.messageId)!.replyTo!.text).toBe('Tea?');

    bob.emit('edit-message', { groupId: room, messageId, newText: 'Coffee?' });
    expect(await bob.next('edit-error')).toMatchObject({ message: 'Not allowed or message missing' });
    await stage.recorder.next(calls[0]!);
  });

  it('delete what they said just now; it stays as a deleted one', async () => {
    const { room, alice, bob } = await talk(stage);
    const { messageId } = await say(room, [alice, bob], 'Oops');
    await say(room, [bob, alice], 'Really?', { replyToMessageId: messageId });
    stage.recorder.fresh();
    alice.emit('delete-message', { groupId: room, messageId });
    expect(await bob.next('message-deleted')).toMatchObject({ groupId: room, messageId });
    await stage.recorder.next(`GET /messages/${room}/by-id/${messageId}`, `DELETE /messages/${room}/${messageId}`);
    const [gone, reply] = (await stage.messages(room)).slice(-2);
    expect(gone).toMatchObject({ messageId, deleted: true, text: '', reactions: {} });
    expect(reply!.replyTo).toMatchObject({ messageId, deleted: true, text: '' });

    bob.emit('delete-message', { groupId: room, messageId: reply!.messageId.replaceAll(/[0-9a-f]/g, '0') });
    await bob.next('delete-error');
    const missing = reply!.messageId.replaceAll(/[0-9a-f]/g, '0');
    await stage.recorder.next(`GET /messages/${room}/by-id/${missing}`, `GET /messages/${room}/latest?count=100`);
  });

  it('react, change and take back their reactions, also by timestamp', async () => {
    const { room, alice, bob } = await talk(stage);
    const { messageId, timestamp } = await say(room, [alice, bob], 'We won');
    stage.recorder.fresh();
    const react = async (client: ChatClient, emoji: string) => {
      client.emit('react-message', { groupId: room, messageId, timestamp, emoji });
      const [one, two] = await Promise.all([alice, bob].map((each) => each.next<Reacted>('message-reaction')));
      expect(one).toEqual(two);
      await stage.recorder.next(`POST /messages/${room}/${messageId}/reactions`);
      return one!;
    };
    const { userId, username } = bob.user;
    const reaction = { emoji: '🎉', at: expect.any(Number), userId, username };
    expect(await react(bob, '🎉')).toEqual({
      groupId: room,
      messageId,
      reactions: { [userId]: reaction },
      summary: { totalCount: 1, mostRecent: reaction },
    });
    expect(Object.keys((await react(alice, '👍')).reactions).sort()).toEqual([alice.user.userId, userId].sort());
    expect((await react(bob, '❤️')).reactions[userId]!.emoji).toBe('❤️');
    expect(Object.keys((await react(bob, '❤️')).reactions)).toEqual([alice.user.userId]);

    bob.emit('react-message', { groupId: room, timestamp, emoji: '🎉' });
    expect(await bob.next('message-reaction')).toMatchObject({ messageId });
    await stage.recorder.next(
      `GET /messages/${room}/by-ts/${encodeURIComponent(timestamp)}`,
      `POST /messages/${room}/${messageId}/reactions`,
    );
  });

  it('change their colour on all that they said', async () => {
    const { room, alice, bob } = await talk(stage);
    await say(room, [alice, bob], 'one');
    await say(room, [bob, alice], 'two');
    stage.recorder.fresh();
    alice.emit('update-bubble-color', { color: '#16a34a' });
    expect(await bob.next('user-color-change')).toEqual({
      groupId: room,
      userId: alice.user.userId,
      color: '#16a34a',
    });
    await stage.recorder.next(`POST /messages/${room}/user-bubble-color`);
    const colours = (await stage.messages(room)).slice(-2).map(({ bubbleColor }) => bubbleColor);
    expect(colours).toEqual(['#16a34a', null]);
  });

  it('change their name and picture without a call', async () => {
    const { alice, bob } = await talk(stage);
    alice.emit('update-profile', { username: 'Al', avatar: 'https://media.example.com/al.webp' });
    expect(await bob.next('user-profile-updated')).toMatchObject({ userId: alice.user.userId, username: 'Al' });
    await bob.next('presence:rename');
    await stage.recorder.next();
  });

  it('talk, edit and react at the same time: all of it counts', async () => {
    const { room, alice, bob } = await talk(stage);
    const { messageId } = await say(room, [alice, bob], 'Everybody!');
    const users = await Promise.all(Array.from({ length: 12 }, (_, n) => stage.user(`Fan${n}`)));
    for (const one of users) one.join(room);
    await Promise.all(users.map((one) => one.next('message-history')));
    for (const one of users) {
      one.emit('react-message', { groupId: room, messageId, emoji: '🎉' });
      one.say(room, `from ${one.user.username}`);
    }
    for (let n = 0; n < 10; n++) alice.emit('edit-message', { groupId: room, messageId, newText: `Everybody ${n}` });
    await Promise.all(
      users.map(async (one) => {
        for (let n = 0; n < users.length; n++) await one.next('message-reaction');
      }),
    );
    for (let n = 0; n < 10; n++) await alice.next('message-edited');
    // Every fan's text, and every "joined" line: those are shown before they are stored.
    const texts = async () => (await stage.messages(room)).map(({ text }) => text);
    while ((await texts()).length < 1 + 2 * users.length) await sleep(20);

    const stored = (await stage.messages(room)).find((one) => one.messageId === messageId)!;
    expect(Object.keys(stored.reactions).sort()).toEqual(users.map(({ user }) => user.userId).sort());
    expect(stored.edits).toHaveLength(10);
    for (const { user } of users) {
      expect(await texts()).toContain(`from ${user.username}`);
      expect(await texts()).toContain(`${user.username} joined`);
    }
  });
});
