import { describe, expect, it } from '@jest/globals';
import type { ChatClient } from '#test/clients/socket-client.ts';
import { newMessage } from '#test/clients/support/shapes.ts';
import { useStage } from '#test/clients/support/stage.ts';
import type { Message, ReactionResult } from '#test/clients/support/types.ts';

const stage = useStage();

interface Told {
  groupId: string;
  message: Message & { localId?: string };
}
interface History {
  groupId: string;
  messages: Message[];
}
type Reacted = Pick<ReactionResult, 'messageId' | 'reactions' | 'summary'>;

const filtersOf = ({ user }: ChatClient) => `GET /users/${user.userId}/message-filters`;

/** Joins and waits for all that follows, the system line included. */
async function join(client: ChatClient, groupId: string): Promise<History> {
  const { username } = client.user;
  client.join(groupId);
  const history = await client.next<History>('message-history');
  await client.next('user-list');
  const told = await client.next<Told>('message');
  expect(told.message).toMatchObject({ username: 'system', text: `${username} joined`, system: true });
  await client.next('message-reconcile');
  return history;
}

/** Two users in a group, with nothing left to come; the calls so far are not asked for again. */
async function talk(): Promise<{ room: string; alice: ChatClient; bob: ChatClient }> {
  const { id: room } = await stage.group();
  const users = [await stage.user('Alice', { bubbleColor: '#7c3aed' }), await stage.user('Bob')] as const;
  const [alice, bob] = users;
  const { systemLines } = stage.sockets;
  systemLines.muted = true;
  stage.recorder.fresh();
  for (const client of users) {
    client.join(room);
    // The last that a join tells.
    for (const each of users) await each.next('presence:online');
  }
  systemLines.muted = false;
  await stage.recorder.next(
    `GET /groups/${room}`,
    `POST /messages/${room}/user-bubble-color`,
    ...[alice, bob].flatMap((client) => [
      filtersOf(client),
      `GET /messages/${room}/latest?count=100`,
      `POST /groups/${room}/members`,
    ]),
  );
  for (const client of users) client.forget();
  return { room, alice, bob };
}

/** What `from` says, as both receive it. */
async function say(room: string, [from, other]: [ChatClient, ChatClient], text: string, more = {}) {
  const localId = from.say(room, text, more);
  const told = await from.next<Told>('message');
  expect(await other.next('message')).toEqual(told);
  expect(told.message.localId).toBe(localId);
  return told.message;
}

describe('a user who joins a group', () => {
  it('asks for it, its colours, filters and history, becomes a member and is announced', async () => {
    const { id: room } = await stage.group();
    const alice = await stage.user('Alice', { bubbleColor: '#7c3aed' });
    stage.recorder.fresh();
    alice.join(room);
    expect(await alice.next('filters:snapshot')).toMatchObject({ items: [] });
    expect(await alice.next('message-history')).toEqual({ groupId: room, messages: [] });
    expect(await alice.next('user-list')).toEqual({ groupId: room, users: [alice.user] });
    expect(await alice.next('online-counts')).toEqual({ [room]: 1 });
    expect(await alice.next('presence:online')).toEqual({ userId: alice.user.userId });
    const line = await alice.next<Told>('message');
    expect(line.message).toMatchObject({ text: `${alice.user.username} joined`, system: true, _optimistic: true });
    const stored = await alice.next<{ optimisticId: string; realId: string; message: Message }>('message-reconcile');
    expect(stored.optimisticId).toBe(line.message.messageId);
    expect(stored.realId).toBe(stored.message.messageId);
    expect(stored.message).toMatchObject({ username: 'system', text: `${alice.user.username} joined` });
    expect(await stage.messages(room)).toEqual([stored.message]);

    await stage.recorder.next(
      `GET /groups/${room}`,
      `POST /messages/${room}/user-bubble-color`,
      filtersOf(alice),
      `GET /messages/${room}/latest?count=100`,
      `POST /groups/${room}/members`,
      `POST /messages/${room}`,
    );
  });

  it('by its databaseId, then by its slug, as the app does, is in one room', async () => {
    const { id: slug, databaseId } = await stage.group();
    const [alice, bob] = [await stage.user('Alice'), await stage.user('Bob')];
    stage.recorder.fresh();
    await join(alice, databaseId);
    await stage.recorder.next(
      `GET /groups/${databaseId}`,
      filtersOf(alice),
      `GET /messages/${databaseId}/latest?count=100`,
      `POST /groups/${databaseId}/members`,
      `POST /messages/${databaseId}`,
    );
    alice.say(databaseId, 'by the databaseId');
    const told = await alice.next<Told>('message');
    expect(told.message).toMatchObject({ roomId: slug, groupId: slug });

    alice.join(slug);
    const { messages } = await alice.next<History>('message-history');
    expect(messages.map(({ text }) => text)).toEqual([`${alice.user.username} joined`, 'by the databaseId']);
    // Under the other id she is new to the socket server, and announced again.
    await alice.next('message-reconcile');
    expect((await join(bob, slug)).messages.slice(0, 2)).toEqual(messages);
    bob.say(slug, 'by the slug');
    const seen = await bob.next<Told>('message');
    alice.emit('react-message', { groupId: databaseId, messageId: seen.message.messageId, emoji: '👋' });
    const { reactions } = await alice.next<Reacted>('message-reaction');
    expect(Object.keys(reactions)).toEqual([alice.user.userId]);
    expect((await stage.messages(databaseId)).at(-1)).toMatchObject({ text: 'by the slug', reactions });
    expect(await stage.messages(slug)).toEqual(await stage.messages(databaseId));
  });

  it('again gets the history, but is not announced twice', async () => {
    const { room, alice, bob } = await talk();
    await say(room, [bob, alice], 'hello');
    stage.recorder.fresh();
    alice.join(room);
    expect((await alice.next<History>('message-history')).messages).toMatchObject([{ text: 'hello' }]);
    await alice.next('presence:online');
    expect(bob.waiting('user-joined')).toBe(0);
    // The group is known for ten seconds.
    await stage.recorder.next(
      `POST /messages/${room}/user-bubble-color`,
      filtersOf(alice),
      `GET /messages/${room}/latest?count=100`,
    );
  });

  it('that does not exist is told so, and nothing else is asked', async () => {
    const alice = await stage.user('Alice');
    stage.recorder.fresh();
    alice.join('nobody-knows-this-room');
    expect(await alice.next('error')).toEqual({ message: 'Group not found' });
    const [call] = await stage.recorder.next('GET /groups/nobody-knows-this-room');
    expect(call!.status).toBe(404);
  });
});

describe('users in a group', () => {
  it('read each other: the message comes back whole, with one call', async () => {
    const { room, alice, bob } = await talk();
    const { localId, ...message } = await say(room, [alice, bob], 'Shall we meet?');
    const { userId, username, bubbleColor } = alice.user;
    expect(localId).toBeDefined();
    expect(message).toMatchObject(newMessage(room, { userId, username, bubbleColor, text: 'Shall we meet?' }));
    await stage.recorder.next(`POST /messages/${room}`);
    expect((await stage.messages(room)).at(-1)).toEqual(message);
  });

  it('send pictures and voice, which are kept as sent', async () => {
    const { room, alice, bob } = await talk();
    const media = { original: 'https://media.example.com/a.jpg', preview: 'https://media.example.com/b.jpg' };
    const audio = { url: 'https://media.example.com/c.webm', durationMs: 4_200 };
    const sent = { kind: 'media', media: { ...media, width: 3, height: 4 } };
    // The socket server lets through only what it knows of media.
    expect(await say(room, [alice, bob], media.original, sent)).toMatchObject({ kind: 'media', media });
    expect((await stage.messages(room)).at(-1)!.media).toEqual(media);
    expect(await say(room, [bob, alice], '', { kind: 'audio', audio })).toMatchObject({ kind: 'audio', audio });
  });

  it('reply to what was said just now: the quote is found at once', async () => {
    const { room, alice, bob } = await talk();
    const first = await say(room, [alice, bob], 'Tea?');
    stage.recorder.fresh();
    const { messageId, username, text, timestamp } = first;
    const quote = { messageId, username, text, timestamp };
    const reply = await say(room, [bob, alice], 'Yes', { replyToMessageId: messageId, replyTo: quote });
    expect(reply.replyTo).toMatchObject(quote);
    await stage.recorder.next(`GET /messages/${room}/by-id/${messageId}`, `POST /messages/${room}`);
  });

  it('edit what they said just now; quotes show the new text, and others may not', async () => {
    const { room, alice, bob } = await talk();
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
    const { room, alice, bob } = await talk();
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
    const { room, alice, bob } = await talk();
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
    const { room, alice, bob } = await talk();
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
    const { alice, bob } = await talk();
    alice.emit('update-profile', { username: 'Al', avatar: 'https://media.example.com/al.webp' });
    expect(await bob.next('user-profile-updated')).toMatchObject({ userId: alice.user.userId, username: 'Al' });
    await bob.next('presence:rename');
    await stage.recorder.next();
  });

  it('leave: the member goes, and a line says so', async () => {
    const { room, alice, bob } = await talk();
    const { userId, username } = alice.user;
    alice.emit('leave', { groupId: room });
    expect(await bob.next('user-left')).toEqual({ groupId: room, userId, username });
    expect(await bob.next('user-list')).toEqual({ groupId: room, users: [bob.user] });
    expect((await bob.next<Told>('message')).message.text).toBe(`${username} left`);
    await bob.next('message-reconcile');
    const [remove, line] = await stage.recorder.next(
      `DELETE /groups/${room}/members/${username}`,
      `POST /messages/${room}`,
    );
    expect([remove!.status, line!.status]).toEqual([200, 200]);
  });

  it('go without leaving: they stay members, and a line says that they left', async () => {
    const { room, alice, bob } = await talk();
    alice.close();
    expect((await bob.next<Told>('message')).message.text).toBe(`${alice.user.username} left`);
    await bob.next('message-reconcile');
    await stage.recorder.next(`POST /messages/${room}`);
  });

  it('talk, edit and react at the same time: all of it counts', async () => {
    const { room, alice, bob } = await talk();
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
    // Every fan's text and every "joined" line.
    const texts = async () => (await stage.messages(room)).map(({ text }) => text);
    while ((await texts()).length < 1 + 2 * users.length) await alice.next('message');

    const stored = (await stage.messages(room)).find((one) => one.messageId === messageId)!;
    expect(Object.keys(stored.reactions).sort()).toEqual(users.map(({ user }) => user.userId).sort());
    expect(stored.edits).toHaveLength(10);
    for (const { user } of users) {
      expect(await texts()).toContain(`from ${user.username}`);
      expect(await texts()).toContain(`${user.username} joined`);
    }
  });
});
